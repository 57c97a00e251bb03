package gyre.proxy.exchange;

import gyre.wire.Bytes;
import gyre.wire.CancelCode;
import gyre.wire.HeaderField;
import java.util.List;

/** What a received message meant for the exchanges of a channel. */
public sealed interface ExchangeEvent {

  /** The other side opened an exchange; its body follows, at least an {@link Ended}. */
  record Requested(int exchange, String method, String target, List<HeaderField> headers)
      implements ExchangeEvent {}

  /** The answer to an exchange of this side; its body follows, at least an {@link Ended}. */
  record Responded(int exchange, int status, List<HeaderField> headers) implements ExchangeEvent {}

  /**
   * The next bytes of a body, never none. {@code packed}: one zstd frame that decodes to one chunk.
   */
  record Received(int exchange, Bytes payload, boolean packed) implements ExchangeEvent {}

  /** The body of the other side is complete. */
  record Ended(int exchange) implements ExchangeEvent {}

  /** The other side stopped the exchange: nothing of it follows. */
  record Cancelled(int exchange, CancelCode code, String reason) implements ExchangeEvent {}

  /**
   * The channel can no longer be used, nothing follows. Where this side found the fault, what
   * {@link Exchanges#nextMessage} still gives names it to the other side.
   */
  record Broken(CancelCode code, String reason) implements ExchangeEvent {}
}
