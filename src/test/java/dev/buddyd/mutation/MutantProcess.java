package dev.buddyd.mutation;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** A {@link Mutant}, started when needed and ended when a mutation never does. */
final class MutantProcess implements AutoCloseable {

  private static final int SECONDS = 180;

  private final Path folder;
  private final ExecutorService reader = Executors.newSingleThreadExecutor();
  private @Nullable Process process;

  MutantProcess(Path folder) {
    this.folder = folder;
  }

  /** Tries one mutation: the test that noticed it, or {@link Mutant#UNNOTICED}. */
  String test(int number) throws IOException, InterruptedException {
    Process mutant = process;
    if (mutant == null || !mutant.isAlive()) {
      mutant = start();
      process = mutant;
    }
    PrintStream to = new PrintStream(mutant.getOutputStream(), true, StandardCharsets.UTF_8);
    BufferedReader from = mutant.inputReader(StandardCharsets.UTF_8);
    to.println(number);
    Future<String> answer = reader.submit(from::readLine);
    try {
      String line = answer.get(SECONDS, TimeUnit.SECONDS);
      return line != null ? line : "the process ended";
    } catch (TimeoutException e) {
      end();
      return "no end after " + SECONDS + " s";
    } catch (ExecutionException e) {
      throw new IOException(e);
    }
  }

  private Process start() throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx1g",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1", // nothing runs for long
            "-cp",
            Mutant.classPath() + File.pathSeparator,
            Mutant.class.getName(),
            folder.toString())
        .redirectError(folder.resolveSibling(folder.getFileName() + ".log").toFile())
        .start();
  }

  private void end() throws InterruptedException {
    Process mutant = process;
    if (mutant != null) {
      mutant.destroyForcibly().waitFor();
      process = null;
    }
  }

  @Override
  public void close() {
    reader.shutdownNow();
    try {
      end();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
