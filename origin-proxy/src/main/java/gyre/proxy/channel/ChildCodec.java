package gyre.proxy.channel;

import gyre.wire.Bytes;
import gyre.wire.Limits;
import java.net.ProtocolException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * The frames on the Unix socket between the proxy and its channel child.
 *
 * <p>A frame is {@code [length u32][tag u8][fields…]}, big-endian; {@code length} counts what
 * follows it and is at most {@link #FRAME}. A connection is a u32, a text a u16 length and UTF-8, a
 * message everything up to the frame's end and at most {@link Limits#EXCHANGE_MESSAGE} bytes. At
 * most {@link #ICE_SERVERS} servers are configured. Any breach is a ProtocolException: both ends
 * are the same build, so it means that the other process is no longer to be believed.
 */
public final class ChildCodec {
  /** The longest frame, without its length field. */
  public static final int FRAME = Limits.EXCHANGE_MESSAGE + 16;

  static final int ICE_SERVERS = 16;

  private ChildCodec() {}

  public static ByteBuffer encode(ChildOrder order) {
    return switch (order) {
      case ChildOrder.Configure configure -> configure(configure);
      case ChildOrder.Open open ->
          frame(2, 5).putInt(open.connection()).put((byte) (open.offers() ? 1 : 0)).flip();
      case ChildOrder.Describe describe -> text(3, describe.connection(), describe.sdp());
      case ChildOrder.Candidate c -> candidate(4, c.connection(), c.candidate(), c.mid(), c.line());
      case ChildOrder.Send send -> message(5, send.connection(), send.message());
      case ChildOrder.Close close -> frame(6, 4).putInt(close.connection()).flip();
      case ChildOrder.Ping ping -> frame(7, 4).putInt(ping.nonce()).flip();
    };
  }

  public static ByteBuffer encode(ChildNotice notice) {
    return switch (notice) {
      case ChildNotice.Described described -> text(65, described.connection(), described.sdp());
      case ChildNotice.Candidate c ->
          candidate(66, c.connection(), c.candidate(), c.mid(), c.line());
      case ChildNotice.Opened opened -> frame(67, 4).putInt(opened.connection()).flip();
      case ChildNotice.Received received -> message(68, received.connection(), received.message());
      case ChildNotice.Drained drained ->
          frame(69, 8).putInt(drained.connection()).putInt(drained.bytes()).flip();
      case ChildNotice.Closed closed -> text(70, closed.connection(), closed.reason());
      case ChildNotice.Pong pong ->
          frame(71, 12).putInt(pong.nonce()).putLong(pong.received()).flip();
    };
  }

  /** Decodes one frame, without its length field. */
  public static ChildOrder decodeOrder(ByteBuffer frame) throws ProtocolException {
    try {
      int tag = frame.get();
      ChildOrder order =
          switch (tag) {
            case 1 -> configure(frame);
            case 2 -> new ChildOrder.Open(frame.getInt(), frame.get() == 1);
            case 3 -> new ChildOrder.Describe(frame.getInt(), text(frame));
            case 4 ->
                new ChildOrder.Candidate(
                    frame.getInt(), text(frame), text(frame), frame.getShort());
            case 5 -> new ChildOrder.Send(frame.getInt(), rest(frame));
            case 6 -> new ChildOrder.Close(frame.getInt());
            case 7 -> new ChildOrder.Ping(frame.getInt());
            default -> throw new ProtocolException("no order has the tag " + tag);
          };
      done(frame);
      return order;
    } catch (BufferUnderflowException e) {
      throw truncated(e);
    }
  }

  /** Decodes one frame, without its length field. */
  public static ChildNotice decodeNotice(ByteBuffer frame) throws ProtocolException {
    try {
      int tag = frame.get();
      ChildNotice notice =
          switch (tag) {
            case 65 -> new ChildNotice.Described(frame.getInt(), text(frame));
            case 66 ->
                new ChildNotice.Candidate(
                    frame.getInt(), text(frame), text(frame), frame.getShort());
            case 67 -> new ChildNotice.Opened(frame.getInt());
            case 68 -> new ChildNotice.Received(frame.getInt(), rest(frame));
            case 69 -> new ChildNotice.Drained(frame.getInt(), frame.getInt());
            case 70 -> new ChildNotice.Closed(frame.getInt(), text(frame));
            case 71 -> new ChildNotice.Pong(frame.getInt(), frame.getLong());
            default -> throw new ProtocolException("no notice has the tag " + tag);
          };
      done(frame);
      return notice;
    } catch (BufferUnderflowException e) {
      throw truncated(e);
    }
  }

  private static ByteBuffer configure(ChildOrder.Configure configure) {
    ByteBuffer body = ByteBuffer.allocate(FRAME);
    body.put((byte) (configure.loopback() ? 1 : 0)).put((byte) configure.servers().size());
    for (IceServer server : configure.servers()) {
      body.put((byte) server.urls().size());
      server.urls().forEach(url -> put(body, utf8(url)));
      put(body, utf8(server.username()));
      put(body, utf8(server.credential()));
    }
    body.flip();
    return frame(1, body.remaining()).put(body).flip();
  }

  private static ChildOrder.Configure configure(ByteBuffer frame) throws ProtocolException {
    boolean loopback = frame.get() == 1;
    int count = count(frame);
    List<IceServer> servers = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      int urls = count(frame);
      List<String> addresses = new ArrayList<>(urls);
      for (int j = 0; j < urls; j++) {
        addresses.add(text(frame));
      }
      servers.add(new IceServer(addresses, text(frame), text(frame)));
    }
    return new ChildOrder.Configure(loopback, servers);
  }

  private static int count(ByteBuffer frame) throws ProtocolException {
    int count = frame.get();
    if (count < 0 || count > ICE_SERVERS) {
      throw new ProtocolException(count + " ice servers or urls, the limit is " + ICE_SERVERS);
    }
    return count;
  }

  private static ByteBuffer text(int tag, int connection, String text) {
    byte[] utf8 = utf8(text);
    ByteBuffer frame = frame(tag, 6 + utf8.length).putInt(connection);
    put(frame, utf8);
    return frame.flip();
  }

  private static ByteBuffer candidate(
      int tag, int connection, String candidate, String mid, int line) {
    byte[] first = utf8(candidate);
    byte[] second = utf8(mid);
    ByteBuffer frame = frame(tag, 10 + first.length + second.length).putInt(connection);
    put(frame, first);
    put(frame, second);
    return frame.putShort((short) line).flip();
  }

  private static ByteBuffer message(int tag, int connection, Bytes message) {
    if (message.length() > Limits.EXCHANGE_MESSAGE) {
      throw new IllegalArgumentException(
          "a message of " + message.length() + " bytes, the limit is " + Limits.EXCHANGE_MESSAGE);
    }
    return frame(tag, 4 + message.length()).putInt(connection).put(message.buffer()).flip();
  }

  private static ByteBuffer frame(int tag, int fields) {
    return ByteBuffer.allocate(5 + fields).putInt(1 + fields).put((byte) tag);
  }

  private static byte[] utf8(String text) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    if (utf8.length > 0x7fff) {
      throw new IllegalArgumentException("a text of " + utf8.length + " bytes, the limit is 32767");
    }
    return utf8;
  }

  private static void put(ByteBuffer frame, byte[] utf8) {
    frame.putShort((short) utf8.length).put(utf8);
  }

  private static String text(ByteBuffer frame) throws ProtocolException {
    int length = frame.getShort();
    if (length < 0 || length > frame.remaining()) {
      throw new ProtocolException("a text of " + length + " bytes in a shorter frame");
    }
    byte[] utf8 = new byte[length];
    frame.get(utf8);
    return new String(utf8, StandardCharsets.UTF_8);
  }

  private static Bytes rest(ByteBuffer frame) {
    byte[] rest = new byte[frame.remaining()];
    frame.get(rest);
    return Bytes.owning(rest);
  }

  private static void done(ByteBuffer frame) throws ProtocolException {
    if (frame.hasRemaining()) {
      throw new ProtocolException(frame.remaining() + " bytes too many in a frame");
    }
  }

  private static ProtocolException truncated(BufferUnderflowException cause) {
    ProtocolException truncated = new ProtocolException("a frame ends too early");
    truncated.initCause(cause);
    return truncated;
  }
}
