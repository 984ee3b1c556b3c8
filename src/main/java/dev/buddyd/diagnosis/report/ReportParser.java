package dev.buddyd.diagnosis.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Finds every memory report in a text. Any text is accepted, none makes it throw; the time is
 * linear in the length of the text, whatever it holds.
 */
public final class ReportParser {
  /** Reports beyond this number are left out of the answer. */
  public static final int MAX_REPORTS = 1000;

  private ReportParser() {}

  /**
   * The reports of {@code printed} in order of their first line.
   *
   * @param printed any text: a log in any style, a mail, a page's source, the output of a pager
   * @return the facts as printed; empty when the text holds no report
   */
  public static List<KernelReport> parse(String printed) {
    String text = Envelope.open(printed);
    List<ReportDraft> drafts = new ArrayList<>();
    List<ReportDraft> slabFailures = new ArrayList<>();
    List<Fact.Kernel> kernels = new ArrayList<>();
    for (TokenStream tokens : TokenTable.streams(text)) {
      List<Fact> facts = new ArrayList<>();
      FactScanner.scan(tokens, facts);
      ReportAssembler assembler = new ReportAssembler(facts);
      drafts.addAll(assembler.assemble());
      slabFailures.addAll(assembler.slabFailures());
      kernels.addAll(assembler.otherKernels());
    }
    if (drafts.isEmpty()) {
      drafts = slabFailures;
    }
    drafts.sort(Comparator.comparingInt(ReportDraft::line));
    KernelNames names = new KernelNames(text, drafts, kernels);
    List<KernelReport> reports = new ArrayList<>();
    for (ReportDraft draft : drafts.subList(0, Math.min(drafts.size(), MAX_REPORTS))) {
      reports.add(draft.finish(names.of(draft)));
    }
    return List.copyOf(reports);
  }
}
