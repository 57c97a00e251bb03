package gyre.signalling.session;

import gyre.wire.Bytes;
import gyre.wire.ClientMessage;
import gyre.wire.Digest;
import gyre.wire.Limits;
import gyre.wire.ServerMessage;
import gyre.wire.codec.ClientMessageCodec;
import gyre.wire.codec.ServerMessageCodec;
import gyre.wire.key.SigningKey;
import gyre.wire.token.Proof;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * A WebSocket client (RFC 6455) on a bare socket, so that tests can also break the rules. Every
 * read has a deadline of ten seconds.
 */
final class RawPeer implements AutoCloseable {
  static final int CONTINUATION = 0;
  static final int TEXT = 1;
  static final int BINARY = 2;
  static final int CLOSE = 8;
  static final int PING = 9;
  static final int PONG = 10;
  private static final int DEADLINE_MILLIS = 10_000;
  private static final byte[] NO_MASK = new byte[4];

  private final Socket socket;
  private final DataInputStream in;
  private final OutputStream out;

  /** One frame from the server. */
  record Frame(int opcode, Bytes payload) {
    int closeCode() {
      return payload.buffer().getShort() & 0xffff;
    }
  }

  private RawPeer(Socket socket) throws IOException {
    this.socket = socket;
    this.in = new DataInputStream(socket.getInputStream());
    this.out = socket.getOutputStream();
  }

  /** A TCP connection that said nothing yet. {@code receiveBuffer} 0: the system's choice. */
  static RawPeer dial(InetSocketAddress address, int receiveBuffer) throws IOException {
    Socket socket = new Socket();
    if (receiveBuffer > 0) {
      socket.setReceiveBufferSize(receiveBuffer);
    }
    socket.setSoTimeout(DEADLINE_MILLIS);
    socket.connect(address, DEADLINE_MILLIS);
    return new RawPeer(socket);
  }

  static RawPeer open(InetSocketAddress address) throws IOException {
    RawPeer peer = dial(address, 0);
    peer.upgrade("");
    return peer;
  }

  /** The status line of the answer. */
  String upgrade(String headers) throws IOException {
    raw(
        "GET /.gyre/signal HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n"
            + "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
            + "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
            + headers
            + "\r\n");
    String status = line();
    while (!line().isEmpty()) {
      // the rest of the header
    }
    return status;
  }

  private String line() throws IOException {
    StringBuilder line = new StringBuilder();
    for (int c = in.readUnsignedByte(); c != '\n'; c = in.readUnsignedByte()) {
      line.append((char) c);
    }
    return line.toString().strip();
  }

  void raw(String text) throws IOException {
    out.write(text.getBytes(StandardCharsets.ISO_8859_1));
    out.flush();
  }

  void frame(int opcode, boolean isFinal, byte[] payload) throws IOException {
    ByteBuffer frame = ByteBuffer.allocate(14 + payload.length);
    frame.put((byte) ((isFinal ? 0x80 : 0) | opcode));
    if (payload.length <= 125) {
      frame.put((byte) (0x80 | payload.length));
    } else if (payload.length <= 0xffff) {
      frame.put((byte) (0x80 | 126)).putShort((short) payload.length);
    } else {
      frame.put((byte) (0x80 | 127)).putLong(payload.length);
    }
    frame.put(NO_MASK).put(payload);
    out.write(frame.array(), 0, frame.position());
    out.flush();
  }

  void say(ClientMessage message) throws IOException {
    frame(BINARY, true, ClientMessageCodec.encode(message));
  }

  void hello(Bytes token, Bytes resume, String page) throws IOException {
    say(
        new ClientMessage.Hello(
            Limits.PROTOCOL_VERSION, token, resume, page, ClientMessage.SERVES));
  }

  Frame next() throws IOException {
    int opcode = in.readUnsignedByte() & 15;
    long length = in.readUnsignedByte() & 127;
    if (length == 126) {
      length = in.readUnsignedShort();
    } else if (length == 127) {
      length = in.readLong();
    }
    byte[] payload = new byte[(int) length];
    in.readFully(payload);
    return new Frame(opcode, Bytes.owning(payload));
  }

  /** The next message, which must be of this type. */
  <M extends ServerMessage> M hear(Class<M> type) throws IOException {
    Frame frame = next();
    if (frame.opcode() != BINARY) {
      throw new AssertionError("expected " + type.getSimpleName() + ", got " + frame);
    }
    ServerMessage message = ServerMessageCodec.decode(frame.payload().buffer()).orElseThrow();
    if (!type.isInstance(message)) {
      throw new AssertionError("expected " + type.getSimpleName() + ", got " + message);
    }
    return type.cast(message);
  }

  ServerMessage.Welcome enter(Bytes token) throws IOException {
    hello(token, Bytes.EMPTY, "");
    return hear(ServerMessage.Welcome.class);
  }

  /** Enters with a token that names this key. */
  ServerMessage.Welcome enter(Bytes token, SigningKey subject) throws IOException {
    hello(token, Bytes.EMPTY, "");
    ServerMessage.Challenge challenge = hear(ServerMessage.Challenge.class);
    say(new ClientMessage.Prove(subject.sign(Proof.signedBytes(challenge.nonce()))));
    return hear(ServerMessage.Welcome.class);
  }

  ServerMessage.Located locates(Digest digest) throws IOException {
    say(new ClientMessage.Locate(1, List.of(), List.of(digest), List.of()));
    return hear(ServerMessage.Located.class);
  }

  /** A ping that comes back: what was said before was taken. */
  void settles() throws IOException {
    say(new ClientMessage.Ping(42));
    hear(ServerMessage.Pong.class);
  }

  /** Reads until the server ends the connection; the close code, or 0 where there was none. */
  int awaitEnd() throws IOException {
    int code = 0;
    try {
      while (true) {
        Frame frame = next();
        code = frame.opcode() == CLOSE ? frame.closeCode() : code;
      }
    } catch (EOFException | SocketException ended) {
      return code;
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
