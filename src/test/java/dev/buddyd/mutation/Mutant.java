package dev.buddyd.mutation;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.jspecify.annotations.Nullable;
import org.junit.platform.engine.CancellationToken;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.support.descriptor.ClassSource;
import org.junit.platform.engine.support.descriptor.MethodSource;
import org.junit.platform.launcher.Launcher;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherExecutionRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/**
 * A process that tries mutations: numbers of mutations in, a line each out, -1 being none at all.
 * Each is compiled alone, laid over the built classes and tested until the first test fails.
 */
final class Mutant {

  /** What {@link #main} writes if no test failed. */
  static final String UNNOTICED = "unnoticed";

  /**
   * Tests in this order: small ones that name the rule first, then what real kernels did, then
   * reclaim.
   */
  private static final List<String> TESTS =
      List.of(
          "dev.buddyd.mm.rules.BuddyRulesTest",
          "dev.buddyd.mm.rules.FallbackRulesTest",
          "dev.buddyd.mm.rules.HighatomicRulesTest",
          "dev.buddyd.mm.rules.PcpRulesTest",
          "dev.buddyd.mm.rules.PcpDrainRulesTest",
          "dev.buddyd.mm.rules.CmaAndIsolationRulesTest",
          "dev.buddyd.mm.rules.SlowPathRulesTest",
          "dev.buddyd.mm.rules.KswapdRulesTest",
          "dev.buddyd.mm.rules.ZonelistRulesTest",
          "dev.buddyd.mm.boot.BootTest",
          "dev.buddyd.replay.RecordingsTest",
          "dev.buddyd.mm.reclaim.ScanBalanceTest",
          "dev.buddyd.mm.reclaim.KswapdStepsTest",
          "dev.buddyd.mm.reclaim.DirtyPagesTest",
          "dev.buddyd.mm.reclaim.MemoryReclaimTest",
          "dev.buddyd.mm.reclaim.NodeReclaimTest",
          "dev.buddyd.mm.reclaim.GfpUnderPressureTest");

  private final Path folder;
  private final List<Mutation> mutations = Mutation.list();

  private Mutant(Path folder) {
    this.folder = folder;
  }

  /**
   * Reads numbers, writes answers.
   *
   * @param args a folder for compiled mutants
   */
  public static void main(String[] args) throws IOException {
    PrintStream answers = System.out;
    System.setOut(System.err); // what tests print
    Mutant mutant = new Mutant(Path.of(args[0]));
    BufferedReader numbers =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = numbers.readLine(); line != null; line = numbers.readLine()) {
      answers.println(mutant.test(Integer.parseInt(line)).replaceAll("\\s+", " "));
      answers.flush();
    }
  }

  private String test(int number) {
    clear();
    if (number >= 0 && !compile(mutations.get(number))) {
      return "does not compile";
    }
    MutantLoader loader = new MutantLoader(List.of(folder, built(Mutation.class, true), tests()));
    Thread.currentThread().setContextClassLoader(loader);
    for (String name : TESTS) {
      String failed = firstFailure(loader, name);
      if (failed != null) {
        return failed;
      }
    }
    return UNNOTICED;
  }

  private static @Nullable String firstFailure(MutantLoader loader, String name) {
    LauncherDiscoveryRequest discovery;
    try {
      discovery =
          LauncherDiscoveryRequestBuilder.request()
              .selectors(selectClass(loader.loadClass(name)))
              .configurationParameter("jqwik.database", "")
              .configurationParameter("jqwik.reporting.onlyfailures", "true")
              .build();
    } catch (ClassNotFoundException e) {
      throw new IllegalStateException(e);
    }
    CancellationToken cancel = CancellationToken.create();
    AtomicReference<String> failed = new AtomicReference<>();
    Launcher launcher = LauncherFactory.create();
    launcher.execute(
        LauncherExecutionRequestBuilder.request(discovery)
            .cancellationToken(cancel)
            .listeners(
                new TestExecutionListener() {
                  @Override
                  public void executionFinished(TestIdentifier test, TestExecutionResult result) {
                    if (result.getStatus() == TestExecutionResult.Status.FAILED) {
                      failed.compareAndSet(null, nameOf(test));
                      cancel.cancel();
                    }
                  }
                })
            .build());
    return failed.get();
  }

  private static String nameOf(TestIdentifier test) {
    String in =
        test.getSource()
            .map(
                source ->
                    switch (source) {
                      case MethodSource method -> simple(method.getClassName()) + ": ";
                      case ClassSource type -> simple(type.getClassName()) + ": ";
                      default -> "";
                    })
            .orElse("");
    return in + test.getDisplayName();
  }

  private static String simple(String className) {
    return className.substring(className.lastIndexOf('.') + 1);
  }

  private boolean compile(Mutation mutation) {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    JavaFileObject source = new Source(mutation.source(), mutation.mutatedSource());
    StringWriter complaints = new StringWriter();
    List<String> options =
        List.of(
            "-proc:none",
            "-nowarn",
            "-parameters",
            "-d",
            folder.toString(),
            "-cp",
            built(Mutation.class, true) + java.io.File.pathSeparator + classPath());
    boolean compiled =
        compiler.getTask(complaints, null, null, options, null, List.of(source)).call();
    if (!compiled) {
      System.err.println(complaints);
    }
    return compiled;
  }

  static String classPath() {
    String tests = System.getProperty("surefire.test.class.path");
    return tests != null ? tests : System.getProperty("java.class.path");
  }

  private static Path tests() {
    return built(Mutation.class, false);
  }

  /** The folder of the built classes: of the tests, or beside it of the service. */
  private static Path built(Class<?> test, boolean service) {
    try {
      Path tests = Path.of(test.getProtectionDomain().getCodeSource().getLocation().toURI());
      return service ? tests.resolveSibling("classes") : tests;
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  private void clear() {
    try {
      if (Files.exists(folder)) {
        List<Path> old = new ArrayList<>();
        try (Stream<Path> files = Files.walk(folder)) {
          files.sorted(Comparator.reverseOrder()).forEach(old::add);
        }
        for (Path file : old) {
          Files.delete(file);
        }
      }
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static final class Source extends SimpleJavaFileObject {

    private final String text;

    Source(Path file, String text) {
      super(URI.create("string:///" + file.getFileName()), Kind.SOURCE);
      this.text = text;
    }

    @Override
    public CharSequence getCharContent(boolean ignoreEncodingErrors) {
      return text;
    }
  }
}
