package dev.buddyd.api.load;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Very many connections from one thread: all are opened, each asks, all stay until the end. */
final class Crowd implements AutoCloseable {

  /** Connections that are being opened at a time: fewer than a listener lets wait. */
  private static final int OPENING = 64;

  private static final Pattern LENGTH = Pattern.compile("(?i)\r\nContent-Length: (\\d+)\r\n");

  /** One connection, and what it has been sent so far. */
  private static final class Client {
    final SocketChannel channel;
    final StringBuilder answer = new StringBuilder();

    Client(SocketChannel channel) {
      this.channel = channel;
    }

    /** Whether all of an answer with status 200 is there. */
    boolean isServed() {
      int body = answer.indexOf("\r\n\r\n") + 4;
      if (body < 4 || answer.indexOf("HTTP/1.1 200 ") != 0) {
        return false;
      }
      Matcher length = LENGTH.matcher(answer.substring(0, body));
      return length.find()
          ? answer.length() == body + Integer.parseInt(length.group(1))
          : answer.indexOf("\r\n0\r\n\r\n", body) == answer.length() - 7;
    }
  }

  private final Selector selector = Selector.open();
  private final List<Client> clients = new ArrayList<>();
  private final ByteBuffer buffer = ByteBuffer.allocate(8192);

  Crowd() throws IOException {}

  int size() {
    return clients.size();
  }

  /**
   * Opens connections.
   *
   * @return how many more there are now, within the time
   */
  int open(int port, int count, Duration most) throws IOException {
    long end = System.nanoTime() + most.toNanos();
    int before = clients.size();
    int begun = 0;
    int opening = 0;
    while (clients.size() - before < count && System.nanoTime() < end) {
      while (begun < count && opening < OPENING) {
        SocketChannel channel = SocketChannel.open();
        channel.configureBlocking(false);
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        channel.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        channel.register(selector, SelectionKey.OP_CONNECT);
        begun++;
        opening++;
      }
      selector.select(100);
      for (SelectionKey key : selector.selectedKeys()) {
        SocketChannel channel = (SocketChannel) key.channel();
        if (channel.finishConnect()) {
          Client client = new Client(channel);
          key.interestOps(0);
          key.attach(client);
          clients.add(client);
          opening--;
        }
      }
      selector.selectedKeys().clear();
    }
    return clients.size() - before;
  }

  /**
   * Everybody asks at once.
   *
   * @return how many got an answer with status 200, within the time
   */
  int ask(String path, Duration most) throws IOException {
    byte[] request =
        ("GET " + path + " HTTP/1.1\r\nHost: crowd\r\n\r\n").getBytes(StandardCharsets.US_ASCII);
    for (Client client : clients) {
      client.answer.setLength(0);
      client.channel.write(ByteBuffer.wrap(request)); // fits into any socket's buffer
      client.channel.keyFor(selector).interestOps(SelectionKey.OP_READ);
    }
    long deadline = System.nanoTime() + most.toNanos();
    int good = 0;
    while (good < clients.size() && System.nanoTime() < deadline) {
      selector.select(100);
      for (SelectionKey key : selector.selectedKeys()) {
        Client client = (Client) key.attachment();
        buffer.clear();
        if (client.channel.read(buffer) < 0) {
          key.interestOps(0);
          continue;
        }
        client.answer.append(StandardCharsets.US_ASCII.decode(buffer.flip()));
        if (client.isServed()) {
          key.interestOps(0);
          good++;
        }
      }
      selector.selectedKeys().clear();
    }
    return good;
  }

  /** Some go, without a word. */
  void leave(int count) throws IOException {
    for (int i = 0; i < count; i++) {
      clients.removeLast().channel.close();
    }
    selector.selectNow();
  }

  @Override
  public void close() throws IOException {
    leave(clients.size());
    for (SelectionKey key : selector.keys()) {
      key.channel().close();
    }
    selector.close();
  }
}
