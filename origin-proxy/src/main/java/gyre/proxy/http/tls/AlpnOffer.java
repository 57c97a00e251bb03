package gyre.proxy.http.tls;

import io.netty.buffer.ByteBuf;
import io.netty.util.CharsetUtil;

/** What a ClientHello (RFC 8446, 4.1.2) offers by ALPN (RFC 7301, 3.1). Pure. */
final class AlpnOffer {
  private static final int VERSION_AND_RANDOM = 2 + 32;
  private static final int ALPN = 16;

  private AlpnOffer() {}

  /** Whether it offers this protocol and no other; a malformed hello offers nothing. */
  static boolean isOnly(ByteBuf hello, String protocol) {
    ByteBuf in = hello.duplicate();
    try {
      in.skipBytes(VERSION_AND_RANDOM);
      in.skipBytes(in.readUnsignedByte()); // session id
      in.skipBytes(in.readUnsignedShort()); // cipher suites
      in.skipBytes(in.readUnsignedByte()); // compression methods
      ByteBuf extensions = in.readSlice(in.readUnsignedShort());
      while (extensions.isReadable()) {
        int type = extensions.readUnsignedShort();
        ByteBuf content = extensions.readSlice(extensions.readUnsignedShort());
        if (type == ALPN) {
          return holdsOnly(content, protocol);
        }
      }
      return false;
    } catch (IndexOutOfBoundsException malformed) {
      return false;
    }
  }

  private static boolean holdsOnly(ByteBuf content, String protocol) {
    ByteBuf names = content.readSlice(content.readUnsignedShort());
    ByteBuf first = names.readSlice(names.readUnsignedByte());
    return !names.isReadable() && first.toString(CharsetUtil.US_ASCII).equals(protocol);
  }
}
