package gyre.wire.vector;

import gyre.wire.Bytes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HexFormat;
import org.msgpack.core.MessageBufferPacker;
import org.msgpack.core.MessagePack;

/** Builds MessagePack that no encoder of ours would write, with msgpack-core. */
final class Raw {
  private final MessageBufferPacker packer = MessagePack.newDefaultBufferPacker();

  /** One step of packing. */
  @FunctionalInterface
  private interface Step {
    void run() throws IOException;
  }

  static Raw array(int count) {
    Raw raw = new Raw();
    return raw.nested(count);
  }

  Raw nested(int count) {
    return step(() -> packer.packArrayHeader(count));
  }

  Raw uint(long value) {
    return step(() -> packer.packLong(value));
  }

  Raw text(String value) {
    return step(() -> packer.packString(value));
  }

  Raw bytes(Bytes value) {
    return step(() -> packer.packBinaryHeader(value.length()).writePayload(value.toArray()));
  }

  Raw bytes(int length) {
    return bytes(Samples.ramp(length, 0));
  }

  Raw hex(String raw) {
    return step(() -> packer.writePayload(HexFormat.of().parseHex(raw)));
  }

  byte[] toArray() {
    return packer.toByteArray();
  }

  String toHex() {
    return HexFormat.of().formatHex(toArray());
  }

  private Raw step(Step step) {
    try {
      step.run();
      return this;
    } catch (IOException broken) {
      throw new UncheckedIOException(broken);
    }
  }
}
