package gyre.wire.codec;

import gyre.wire.Bytes;
import gyre.wire.Limits;
import gyre.wire.Utf8;

/** Measures a message without writing it. One thread. */
final class MessageLength implements MessageSink {
  private int length;

  int value() {
    return length;
  }

  @Override
  public MessageSink array(int count) {
    return add(count < 16 ? 1 : count < 0x1_0000 ? 3 : 5);
  }

  @Override
  public MessageSink uint(long value) {
    Limits.uint("an integer", value);
    return add(
        value < 0x80 ? 1 : value < 0x100 ? 2 : value < 0x1_0000 ? 3 : value < 1L << 32 ? 5 : 9);
  }

  @Override
  public MessageSink bool(boolean value) {
    return add(1);
  }

  @Override
  public MessageSink text(String value) {
    int bytes = Utf8.length(value);
    add(bytes < 32 ? 1 : bytes < 0x100 ? 2 : bytes < 0x1_0000 ? 3 : 5);
    return add(bytes);
  }

  @Override
  public MessageSink bytes(Bytes value) {
    int bytes = value.length();
    add(bytes < 0x100 ? 2 : bytes < 0x1_0000 ? 3 : 5);
    return add(bytes);
  }

  private MessageSink add(int bytes) {
    length = Math.addExact(length, bytes);
    return this;
  }
}
