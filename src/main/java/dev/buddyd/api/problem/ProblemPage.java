package dev.buddyd.api.problem;

import org.springframework.web.util.HtmlUtils;

/** The explanation of a problem as a page and as Markdown. */
final class ProblemPage {

  private ProblemPage() {}

  static String html(ProblemType type) {
    return page(
        type.title(),
        """
        <p><code>%s</code> &middot; status %d</p>
        <h2>What it means</h2><p>%s</p>
        <h2>What to do</h2><p>%s</p>
        <p><a href="/problems">All problems</a></p>
        """
            .formatted(
                type.uri(),
                type.status().value(),
                HtmlUtils.htmlEscape(type.meaning()),
                HtmlUtils.htmlEscape(type.remedy())));
  }

  static String html() {
    StringBuilder rows = new StringBuilder();
    for (ProblemType type : ProblemType.all()) {
      rows.append(
          "<tr><td>%d</td><td><a href=\"%s\">%s</a></td><td>%s</td></tr>\n"
              .formatted(
                  type.status().value(),
                  type.uri(),
                  type.slug(),
                  HtmlUtils.htmlEscape(type.title())));
    }
    return page(
        "Problems",
        "<p>Errors are <code>application/problem+json</code> (RFC 9457); these are their types.</p>"
            + "<table><tr><th>status</th><th>type</th><th>title</th></tr>\n%s</table>"
                .formatted(rows));
  }

  private static String page(String title, String body) {
    String escaped = HtmlUtils.htmlEscape(title);
    return """
    <!doctype html>
    <html lang="en">
    <head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
    <title>%s - buddyd</title><link rel="icon" href="/buddyd.svg" type="image/svg+xml">
    <link rel="stylesheet" href="/buddyd.css"></head>
    <body><main>
    <p><a href="/">buddyd</a></p>
    <h1>%s</h1>
    %s</main></body>
    </html>
    """
        .formatted(escaped, escaped, body);
  }

  static String markdown(ProblemType type) {
    return """
    # %s

    `%s`, status %d

    %s

    **What to do.** %s
    """
        .formatted(type.title(), type.uri(), type.status().value(), type.meaning(), type.remedy());
  }

  static String markdown() {
    StringBuilder text =
        new StringBuilder("# Problems\n\n| status | type | title |\n|---|---|---|\n");
    for (ProblemType type : ProblemType.all()) {
      text.append(
          "| %d | [%s](%s) | %s |\n"
              .formatted(type.status().value(), type.slug(), type.uri(), type.title()));
    }
    return text.toString();
  }
}
