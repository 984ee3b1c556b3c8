package dev.buddyd.api.load;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The service in a process of its own, with the class path of the tests: what it takes of the
 * machine can be counted from outside.
 */
final class ServiceProcess implements AutoCloseable {

  private static final Pattern PORT = Pattern.compile("Tomcat started on port (\\d+)");
  private static final Pattern TOTAL = Pattern.compile("(?m)^Total\\s+\\d+\\s+(\\d+)");

  private final Process process;
  private final int port;

  private ServiceProcess(Process process, int port) {
    this.process = process;
    this.port = port;
  }

  /** Starts it on a free port and waits until it listens. */
  static ServiceProcess start(String heap, String... settings) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx" + heap, "-cp", System.getProperty("java.class.path")));
    command.add("dev.buddyd.BuddydApplication");
    command.addAll(List.of("--server.port=0", "--spring.main.banner-mode=off"));
    command.addAll(List.of(settings));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    BufferedReader log =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    StringBuilder seen = new StringBuilder();
    for (String line = log.readLine(); line != null; line = log.readLine()) {
      seen.append(line).append('\n');
      Matcher matcher = PORT.matcher(line);
      if (matcher.find()) {
        Thread.ofVirtual().start(() -> drain(log));
        return new ServiceProcess(process, Integer.parseInt(matcher.group(1)));
      }
    }
    throw new IOException("the service did not start:\n" + seen);
  }

  private static void drain(BufferedReader log) {
    try (log) {
      while (log.readLine() != null) {
        // nobody reads it, but the service must not wait for a reader
      }
    } catch (IOException gone) {
      // with the process
    }
  }

  int port() {
    return port;
  }

  /** The answer to a GET, on a connection of its own. */
  String get(String path) throws IOException {
    var connection = URI.create("http://127.0.0.1:" + port + path).toURL().openConnection();
    connection.setRequestProperty("Connection", "close");
    connection.setReadTimeout(Math.toIntExact(Duration.ofSeconds(20).toMillis()));
    try (var in = connection.getInputStream()) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  /** Threads of the operating system. */
  long threads() throws IOException {
    try (var tasks = Files.list(Path.of("/proc", Long.toString(process.pid()), "task"))) {
      return tasks.count();
    }
  }

  /** Open files, sockets among them. */
  long openFiles() {
    String[] files = new File("/proc/" + process.pid() + "/fd").list();
    return files == null ? 0 : files.length;
  }

  /** Bytes of all objects that are still reachable: a full collection goes before. */
  long liveBytes() throws IOException, InterruptedException {
    Matcher total = TOTAL.matcher(jcmd("GC.class_histogram"));
    if (!total.find()) {
      throw new IOException("no histogram");
    }
    return Long.parseLong(total.group(1));
  }

  /** Virtual threads that are not done. */
  long virtualThreads() throws IOException, InterruptedException {
    Path dump = Files.createTempDirectory("buddyd").resolve("threads.json");
    jcmd("Thread.dump_to_file", "-format=json", dump.toString());
    String text = Files.readString(dump);
    Files.delete(dump);
    return Pattern.compile("\"virtual\": true").matcher(text).results().count();
  }

  private String jcmd(String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "jcmd").toString());
    command.add(Long.toString(process.pid()));
    command.addAll(List.of(arguments));
    Process jcmd = new ProcessBuilder(command).redirectErrorStream(true).start();
    String out = new String(jcmd.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (!jcmd.waitFor(60, TimeUnit.SECONDS) || jcmd.exitValue() != 0) {
      throw new IOException("jcmd: " + out);
    }
    return out;
  }

  @Override
  public void close() {
    process.destroy();
    process.onExit().join();
  }
}
