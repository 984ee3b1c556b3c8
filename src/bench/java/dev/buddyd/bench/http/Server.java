package dev.buddyd.bench.http;

import java.io.File;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The service in a process of its own, with this process's class path. */
final class Server implements AutoCloseable {

  private final Process process;
  private final int port;

  /**
   * Starts it and waits until it is ready.
   *
   * @param jvmOptions besides the heap of 512 MiB
   */
  Server(int port, List<String> jvmOptions) throws IOException, InterruptedException {
    this.port = port;
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xms512m", "-Xmx512m"));
    command.addAll(jvmOptions);
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add("dev.buddyd.BuddydApplication");
    command.add("--server.port=" + port);
    this.process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(File.createTempFile("buddyd-bench", ".log"))
            .start();
    awaitReady();
  }

  private void awaitReady() throws IOException, InterruptedException {
    for (int i = 0; i < 600; i++) {
      try {
        if (request("GET", "/actuator/health/readiness", null).length > 0) {
          return;
        }
      } catch (IOException e) {
        if (!process.isAlive()) {
          throw e;
        }
      }
      Thread.sleep(200);
    }
    throw new IOException("the service does not get ready");
  }

  int port() {
    return port;
  }

  long pid() {
    return process.pid();
  }

  /** CPU time that its process has used, all threads, user and system; steps of 10 ms. */
  Duration cpu() {
    return process.info().totalCpuDuration().orElseThrow();
  }

  /** One call, outside of any measurement. */
  byte[] request(String method, String path, String json) throws IOException {
    HttpURLConnection connection =
        (HttpURLConnection) URI.create("http://127.0.0.1:" + port + path).toURL().openConnection();
    connection.setRequestMethod(method);
    if (json != null) {
      connection.setDoOutput(true);
      connection.setRequestProperty("Content-Type", "application/json");
      connection.getOutputStream().write(json.getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }
    try (var in = connection.getInputStream()) {
      return in.readAllBytes();
    }
  }

  @Override
  public void close() {
    process.destroy();
    process.onExit().join();
  }
}
