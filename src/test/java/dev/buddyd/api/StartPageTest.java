package dev.buddyd.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.springframework.test.web.servlet.assertj.MvcTestResult;

/** The page for people: what it links and reads is there. */
class StartPageTest extends ApiTest {

  private static final Pattern LINK = Pattern.compile("(?:href|src)=\"([^\"]+)\"");
  private static final Pattern INLINE =
      Pattern.compile("<script>|<style|[^a-z]style=|[^a-z]on[a-z]+=\"");
  private static final Pattern FIELD =
      Pattern.compile("\\b(?:zone|machine|marks|of)\\.([a-z]+(?:_[a-z]+)*)\\b(?!\\()");

  private static List<String> all(Pattern pattern, String text) {
    return pattern.matcher(text).results().map(found -> found.group(1)).distinct().toList();
  }

  @Test
  void everyLinkLeadsSomewhere() {
    List<String> links = all(LINK, body(get("/index.html")));
    assertThat(links).hasSizeGreaterThan(20).contains("buddyd.js", "buddyd.css", "buddyd.svg");
    for (String link : links) {
      assertThat(get("/" + link).getResponse().getStatus()).as(link).isIn(200, 302);
    }
  }

  @Test
  void nothingOnItNeedsMoreThanThePolicyAllows() {
    assertThat(header(get("/index.html"), "Content-Security-Policy"))
        .contains("default-src 'self'");
    assertThat(body(get("/index.html"))).doesNotContainPattern(INLINE);
  }

  /** A client that asks for JSON everywhere is not left with an empty answer. */
  @Test
  void thePageIsThereWhateverIsAccepted() {
    for (String accept : List.of("text/html", "*/*", "application/json")) {
      MvcTestResult page = mvc.get().uri("/").header("Accept", accept).exchange();
      assertThat(page).hasStatusOk().hasForwardedUrl("/index.html");
    }
  }

  /** A rule with a display of its own beats the browser's own rule for hidden. */
  @Test
  void whatIsHiddenIsNotShown() {
    assertThat(body(get("/buddyd.css"))).contains("[hidden] { display: none !important; }");
  }

  @Test
  void theLiveViewReadsFieldsThatTheAnswersHave() {
    String answers = body(get("/machine")) + body(get("/zones"));
    List<String> fields = all(FIELD, body(get("/buddyd.js")));
    assertThat(fields).contains("managed_pages", "watermarks", "blocks", "epoch");
    assertThat(fields).allSatisfy(field -> assertThat(answers).contains("\"" + field + "\":"));
  }

  @Test
  void theFormReadsTheTextOfAnExplanation() {
    String outcome =
        body(
            mvc.post()
                .uri("/pages?explain=true&dry_run=true")
                .header("Accept", "text/plain, application/problem+json")
                .header("Content-Type", "application/json")
                .content("{\"gfp\":\"GFP_KERNEL\",\"order\":0,\"owner\":\"page\"}")
                .exchange());
    assertThat(outcome).containsPattern("(?m)^=> granted pfn 0x");
  }
}
