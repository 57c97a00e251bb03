package gyre.proxy.exchange;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gyre.wire.Bytes;
import gyre.wire.CancelCode;
import gyre.wire.HeaderField;
import gyre.wire.Limits;
import gyre.wire.PeerFrame;
import gyre.wire.codec.DecodeException;
import gyre.wire.codec.FrameCodec;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ExchangesTest {
  private final Exchanges one = new Exchanges(Side.OFFERER);
  private final Exchanges other = new Exchanges(Side.ANSWERER);

  private static List<ExchangeEvent> carry(Exchanges from, Exchanges to) {
    List<ExchangeEvent> events = new ArrayList<>();
    Optional<ByteBuffer> message = from.nextMessage();
    while (message.isPresent()) {
      assertTrue(message.get().remaining() <= Limits.EXCHANGE_MESSAGE);
      events.addAll(to.receive(message.get()));
      message = from.nextMessage();
    }
    return events;
  }

  private static ExchangeEvent only(List<ExchangeEvent> events) {
    assertEquals(1, events.size(), events.toString());
    return events.getFirst();
  }

  private List<ExchangeEvent> injected(PeerFrame... frames) {
    ByteBuffer message = ByteBuffer.allocate(Limits.EXCHANGE_MESSAGE);
    for (PeerFrame frame : frames) {
      FrameCodec.encode(frame, message);
    }
    return other.receive(message.flip());
  }

  private void assertBroken(CancelCode code, List<ExchangeEvent> events) {
    assertEquals(code, assertInstanceOf(ExchangeEvent.Broken.class, events.getLast()).code());
    ExchangeEvent.Broken told =
        assertInstanceOf(ExchangeEvent.Broken.class, only(carry(other, one)));
    assertEquals(code, told.code());
    assertFalse(other.canOpen());
  }

  @Test
  void aRequestAndItsAnswerTravelInOneMessageEach() {
    int exchange = one.request("GET", "/.gyre/c/x", List.of());
    one.end(exchange);
    assertEquals(
        List.of(
            new ExchangeEvent.Requested(1, "GET", "/.gyre/c/x", List.of()),
            new ExchangeEvent.Ended(1)),
        other.receive(one.nextMessage().orElseThrow()));
    other.respond(1, 200, List.of(new HeaderField("a", "b")));
    other.data(1, ByteBuffer.wrap(new byte[] {1, 2}));
    other.end(1);
    assertEquals(
        List.of(
            new ExchangeEvent.Responded(1, 200, List.of(new HeaderField("a", "b"))),
            new ExchangeEvent.Received(1, Bytes.copyOf(new byte[] {1, 2}), false),
            new ExchangeEvent.Ended(1)),
        one.receive(other.nextMessage().orElseThrow()));
    assertEquals(0, one.outstanding());
    assertTrue(other.nextMessage().isEmpty());
  }

  @Test
  void theOffererOpensOddExchangesAndTheAnswererEvenOnes() {
    assertEquals(1, one.request("GET", "/", List.of()));
    assertEquals(3, one.request("GET", "/", List.of()));
    assertEquals(2, other.request("GET", "/", List.of()));
    assertEquals(4, other.request("GET", "/", List.of()));
  }

  @Test
  void aSmallAnswerIsNotHeldUpByALargeOne() {
    int large = one.request("GET", "/large", List.of());
    int small = one.request("GET", "/small", List.of());
    carry(one, other);
    other.respond(large, 200, List.of());
    other.data(large, ByteBuffer.allocate(900_000));
    other.end(large);
    other.respond(small, 200, List.of());
    other.data(small, ByteBuffer.allocate(10));
    other.end(small);
    List<ExchangeEvent> events = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      events.addAll(one.receive(other.nextMessage().orElseThrow()));
    }
    assertTrue(events.contains(new ExchangeEvent.Ended(small)), events.toString());
  }

  @Test
  void aSenderStopsAtTheCreditAndGoesOnWhenMoreIsGranted() {
    int exchange = one.request("GET", "/", List.of());
    carry(one, other);
    other.respond(exchange, 200, List.of());
    other.data(exchange, ByteBuffer.allocate(3 << 20));
    other.end(exchange);
    long received = bytes(carry(other, one));
    assertEquals(Limits.INITIAL_CREDIT, received);
    assertEquals(2 << 20, other.queuedBytes(exchange));
    one.consumed(exchange, Limits.INITIAL_CREDIT);
    carry(one, other);
    assertEquals(Limits.INITIAL_CREDIT, bytes(carry(other, one)));
  }

  private static long bytes(List<ExchangeEvent> events) {
    return events.stream()
        .mapToLong(e -> e instanceof ExchangeEvent.Received r ? r.payload().length() : 0)
        .sum();
  }

  @Test
  void cancellingStopsTheOtherSideAndDropsWhatIsQueued() {
    int exchange = one.request("GET", "/", List.of());
    carry(one, other);
    other.respond(exchange, 200, List.of());
    other.data(exchange, ByteBuffer.allocate(3 << 20));
    one.cancel(exchange, CancelCode.NOT_WANTED, "gone");
    assertEquals(
        new ExchangeEvent.Cancelled(exchange, CancelCode.NOT_WANTED, "gone"),
        only(carry(one, other)));
    assertTrue(other.nextMessage().isEmpty());
    assertFalse(other.data(exchange, ByteBuffer.allocate(1)));
  }

  @Test
  void framesThatCrossACancelAreDropped() {
    int exchange = one.request("GET", "/", List.of());
    carry(one, other);
    other.respond(exchange, 200, List.of());
    other.data(exchange, ByteBuffer.allocate(10));
    one.cancel(exchange, CancelCode.NOT_WANTED, "gone");
    assertEquals(List.of(), carry(other, one));
  }

  @Test
  void anExchangeThatWasCancelledBeforeItWasSentIsNeverHeardOf() {
    int exchange = one.request("GET", "/", List.of());
    one.cancel(exchange, CancelCode.NOT_WANTED, "gone");
    assertTrue(one.nextMessage().isEmpty());
    int next = one.request("GET", "/next", List.of());
    assertEquals(
        new ExchangeEvent.Requested(next, "GET", "/next", List.of()), only(carry(one, other)));
  }

  @Test
  void packedIsTakenOnlyWhereItWasAskedFor() {
    int plain = one.request("GET", "/", List.of());
    int asked = one.request("GET", "/", List.of(new HeaderField("te", "zstd")));
    carry(one, other);
    other.respond(asked, 200, List.of());
    other.packed(asked, Bytes.copyOf(new byte[] {1}));
    assertEquals(2, carry(other, one).size());
    other.respond(plain, 200, List.of());
    other.packed(plain, Bytes.copyOf(new byte[] {1}));
    List<ExchangeEvent> events = carry(other, one);
    assertEquals(
        CancelCode.MALFORMED,
        assertInstanceOf(ExchangeEvent.Broken.class, events.getLast()).code());
  }

  @Test
  void bytesBeyondTheCreditCloseTheChannel() {
    injected(new PeerFrame.Request(1, "POST", "/", List.of()));
    Bytes chunk = Bytes.owning(new byte[Limits.CHUNK]);
    for (int i = 0; i < Limits.INITIAL_CREDIT / Limits.CHUNK; i++) {
      injected(new PeerFrame.Data(1, chunk));
    }
    assertBroken(CancelCode.LIMIT, injected(new PeerFrame.Data(1, Bytes.copyOf(new byte[1]))));
  }

  @Test
  void exchangesOfTheWrongSideOrOutOfOrderCloseTheChannel() {
    injected(new PeerFrame.Request(5, "GET", "/", List.of()));
    assertBroken(CancelCode.MALFORMED, injected(new PeerFrame.Request(3, "GET", "/", List.of())));
  }

  @Test
  void anEvenRequestOfTheOffererClosesTheChannel() {
    assertBroken(CancelCode.MALFORMED, injected(new PeerFrame.Request(2, "GET", "/", List.of())));
  }

  @Test
  void anAnswerToNothingClosesTheChannel() {
    assertBroken(CancelCode.MALFORMED, injected(new PeerFrame.Response(2, 200, List.of())));
  }

  @Test
  void aSecondAnswerClosesTheChannel() {
    int exchange = other.request("GET", "/", List.of());
    injected(new PeerFrame.Response(exchange, 200, List.of()));
    assertBroken(CancelCode.MALFORMED, injected(new PeerFrame.Response(exchange, 200, List.of())));
  }

  @Test
  void aBodyBeforeTheHeadClosesTheChannel() {
    int exchange = other.request("GET", "/", List.of());
    assertBroken(
        CancelCode.MALFORMED, injected(new PeerFrame.Data(exchange, Bytes.copyOf(new byte[] {1}))));
  }

  @Test
  void aBodyAfterItsEndClosesTheChannel() {
    injected(new PeerFrame.Request(1, "GET", "/", List.of()), new PeerFrame.End(1));
    assertBroken(
        CancelCode.MALFORMED, injected(new PeerFrame.Data(1, Bytes.copyOf(new byte[] {1}))));
  }

  @Test
  void nonsenseClosesTheChannel() {
    assertBroken(CancelCode.MALFORMED, other.receive(ByteBuffer.wrap(new byte[] {1, 1, 127, 0})));
  }

  @Test
  void oneExchangeTooManyIsRefusedAndTheOthersGoOn() {
    for (int i = 0; i < Limits.OPEN_EXCHANGES; i++) {
      injected(new PeerFrame.Request(2 * i + 1, "GET", "/", List.of()));
    }
    int tooMany = 2 * Limits.OPEN_EXCHANGES + 1;
    assertEquals(List.of(), injected(new PeerFrame.Request(tooMany, "GET", "/", List.of())));
    ByteBuffer answer = other.nextMessage().orElseThrow();
    assertEquals(
        CancelCode.OVERLOADED,
        assertInstanceOf(PeerFrame.Cancel.class, decoded(answer).getFirst()).code());
    assertTrue(other.respond(1, 200, List.of()));
  }

  @Test
  void whoOnlyProvokesAnswersIsCutOff() {
    List<ExchangeEvent> events = List.of();
    for (int i = 0; i < 5_000 && events.isEmpty(); i++) {
      List<ExchangeEvent> given = injected(new PeerFrame.Request(2 * i + 1, "GET", "/", List.of()));
      events = given.stream().filter(e -> e instanceof ExchangeEvent.Broken).toList();
    }
    assertEquals(CancelCode.LIMIT, ((ExchangeEvent.Broken) only(events)).code());
  }

  @Test
  void noMoreExchangesAreOpenedThanTheLimitAllows() {
    for (int i = 0; i < Limits.OPEN_EXCHANGES; i++) {
      one.request("GET", "/", List.of());
    }
    assertFalse(one.canOpen());
    assertThrows(IllegalStateException.class, () -> one.request("GET", "/", List.of()));
  }

  private static List<PeerFrame> decoded(ByteBuffer message) {
    try {
      return FrameCodec.decode(message);
    } catch (DecodeException e) {
      throw new AssertionError(e);
    }
  }
}
