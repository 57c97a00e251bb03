package gyre.proxy.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.util.Locale;

/** A client that says exactly the bytes it is told, and reads answers by their framing. */
public final class RawClient implements AutoCloseable {
  private final Socket socket;
  private final InputStream in;

  public RawClient(InetSocketAddress address) throws IOException {
    this(new Socket(address.getAddress(), address.getPort()));
  }

  public RawClient(Socket socket) throws IOException {
    this.socket = socket;
    this.in = socket.getInputStream();
    socket.setSoTimeout(10_000);
    socket.setTcpNoDelay(true);
  }

  public RawClient say(String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(ISO_8859_1));
    socket.getOutputStream().flush();
    return this;
  }

  public void endSending() throws IOException {
    socket.shutdownOutput();
  }

  /**
   * Head and body of the next answer; the body by Content-Length, or to the last chunk as it is.
   */
  public Answer answer() throws IOException {
    String head = until("\r\n\r\n");
    String lower = head.toLowerCase(Locale.ROOT);
    int length = lower.indexOf("\r\ncontent-length: ");
    if (length >= 0 && !head.startsWith("HTTP/1.1 304")) {
      String digits = lower.substring(length + 18, lower.indexOf('\r', length + 18));
      return new Answer(head, new String(in.readNBytes(Integer.parseInt(digits)), ISO_8859_1));
    }
    return new Answer(
        head, lower.contains("\r\ntransfer-encoding: chunked") ? until("0\r\n\r\n") : "");
  }

  /** Of an answer to HEAD. */
  public Answer headOnly() throws IOException {
    return new Answer(until("\r\n\r\n"), "");
  }

  public String until(String end) throws IOException {
    StringBuilder text = new StringBuilder();
    while (text.indexOf(end, Math.max(0, text.length() - end.length())) < 0) {
      int next = in.read();
      if (next < 0) {
        throw new IOException("closed after: " + text);
      }
      text.append((char) next);
    }
    return text.toString();
  }

  /** Whether the server closes; a reset, where it left something unread, is a close as well. */
  public boolean isClosed() throws IOException {
    try {
      return in.read() < 0;
    } catch (SocketException reset) {
      return true;
    }
  }

  public InputStream in() {
    return in;
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }

  /** What came back. */
  public record Answer(String head, String body) {
    public int status() {
      return Integer.parseInt(head.substring(9, 12));
    }

    public String header(String name) {
      return head.lines()
          .filter(line -> line.toLowerCase(Locale.ROOT).startsWith(name + ": "))
          .map(line -> line.substring(name.length() + 2))
          .findFirst()
          .orElse("");
    }
  }
}
