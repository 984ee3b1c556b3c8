package dev.buddyd.diagnosis.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.IntConsumer;

/**
 * Finds every memory report in a text. Any text is accepted, none makes it throw; the time is
 * linear in the length of the text, whatever it holds.
 */
public final class ReportParser {
  /** Reports beyond this number are left out of the answer. */
  public static final int MAX_REPORTS = 1000;

  /** So are those behind one with which all reports have this many zones. */
  static final int MAX_ZONES = 65_536;

  private static final int WORK_PER_ZONE = 256;

  private ReportParser() {}

  /** The reports of {@code printed}, whatever the work. */
  public static List<KernelReport> parse(String printed) {
    return parse(printed, work -> {});
  }

  /**
   * The reports of {@code printed} in order of their first line.
   *
   * @param printed any text: a log in any style, a mail, a page's source, the output of a pager
   * @param work is told of the work as it is done, in characters and the like; may throw to end it
   * @return the facts as printed; empty when the text holds no report
   */
  public static List<KernelReport> parse(String printed, IntConsumer work) {
    work.accept(printed.length());
    String text = Envelope.open(printed);
    List<ReportDraft> drafts = new ArrayList<>();
    List<ReportDraft> slabFailures = new ArrayList<>();
    List<Fact.Kernel> kernels = new ArrayList<>();
    for (TokenStream tokens : TokenTable.streams(text, work)) {
      List<Fact> facts = new ArrayList<>();
      FactScanner.scan(tokens, facts, work);
      ReportAssembler assembler = new ReportAssembler(facts, work);
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
    int zones = 0;
    for (ReportDraft draft : drafts) {
      if (reports.size() == MAX_REPORTS || zones >= MAX_ZONES) {
        break;
      }
      KernelReport report = draft.finish(names.of(draft));
      zones += report.zones().size();
      work.accept(WORK_PER_ZONE * (1 + report.zones().size()));
      reports.add(report);
    }
    return List.copyOf(reports);
  }
}
