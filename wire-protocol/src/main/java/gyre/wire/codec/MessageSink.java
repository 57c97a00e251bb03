package gyre.wire.codec;

import gyre.wire.Bytes;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * Takes the values of one MessagePack message in order: either measures them or writes them. A
 * message describes itself to a sink once; that description is run twice, so that the array of the
 * result has its exact size from the start.
 *
 * <p>Values past a limit of the protocol are bugs of the caller: IllegalArgumentException.
 */
public sealed interface MessageSink permits MessageLength, MessageOutput {

  MessageSink array(int count);

  MessageSink uint(long value);

  MessageSink bool(boolean value);

  MessageSink text(String value);

  MessageSink bytes(Bytes value);

  /** An array whose elements the function describes. */
  default <T> MessageSink list(List<T> elements, BiConsumer<MessageSink, T> element) {
    array(elements.size());
    for (T each : elements) {
      element.accept(this, each);
    }
    return this;
  }

  /** The bytes that a description amounts to. */
  static int length(Consumer<MessageSink> message) {
    MessageLength length = new MessageLength();
    message.accept(length);
    return length.value();
  }

  /** Encodes a message; IllegalArgumentException where it is longer than the limit. */
  static byte[] encode(int limit, Consumer<MessageSink> message) {
    int length = length(message);
    if (length > limit) {
      throw new IllegalArgumentException(
          "the message has " + length + " bytes, the limit is " + limit);
    }
    ByteBuffer out = ByteBuffer.allocate(length);
    message.accept(new MessageOutput(out));
    return out.array();
  }
}
