package gyre.proxy.upstream;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.atomic.AtomicInteger;

/** A server of raw sockets on loopback: each connection is given to a script. */
public final class ScriptedServer implements AutoCloseable {

  /** What one connection does. */
  public interface Script {
    void run(Conversation conversation) throws IOException;
  }

  private final ServerSocket socket;
  private final AtomicInteger connections = new AtomicInteger();

  public ScriptedServer(Script script) throws IOException {
    this(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()), script);
  }

  /** Listens at a socket that is bound, for example one that speaks TLS. */
  public ScriptedServer(ServerSocket socket, Script script) {
    this.socket = socket;
    Thread.ofVirtual().start(() -> accept(script));
  }

  private void accept(Script script) {
    while (!socket.isClosed()) {
      try {
        Socket connection = socket.accept();
        connections.incrementAndGet();
        Thread.ofVirtual().start(() -> converse(connection, script));
      } catch (IOException e) {
        return;
      }
    }
  }

  private static void converse(Socket connection, Script script) {
    try (connection) {
      script.run(new Conversation(connection));
    } catch (IOException e) {
      // the other side has left: the script ends
    }
  }

  public int port() {
    return socket.getLocalPort();
  }

  public int connections() {
    return connections.get();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }

  /** One connection, seen from the server. */
  public static final class Conversation {
    private final Socket socket;
    private final InputStream in;

    Conversation(Socket socket) throws IOException {
      this.socket = socket;
      this.in = socket.getInputStream();
    }

    /** The bytes of the next head, empty line included; empty where the client has left. */
    public String head() throws IOException {
      return until("\r\n\r\n");
    }

    /** Everything up to this text, which is included; empty where the client has left before. */
    public String until(String end) throws IOException {
      ByteArrayOutputStream text = new ByteArrayOutputStream();
      while (!text.toString(ISO_8859_1).endsWith(end)) {
        int next = in.read();
        if (next < 0) {
          return "";
        }
        text.write(next);
      }
      return text.toString(ISO_8859_1);
    }

    public String bytes(int count) throws IOException {
      return new String(in.readNBytes(count), ISO_8859_1);
    }

    public void say(String text) throws IOException {
      socket.getOutputStream().write(text.getBytes(ISO_8859_1));
      socket.getOutputStream().flush();
    }

    public void say(byte[] bytes) throws IOException {
      socket.getOutputStream().write(bytes);
    }

    /** Ends the connection with a reset instead of an end of stream. */
    public void reset() throws IOException {
      socket.setSoLinger(true, 0);
      socket.close();
    }

    public boolean peerHasLeft() throws IOException {
      return in.read() < 0;
    }
  }
}
