package gyre.signalling.admission;

import gyre.wire.PeerKind;

/**
 * How much a connection may send: messages and bytes per second, and a burst of so many seconds'
 * worth. {@code outbound}: bytes that may wait for it before it counts as a slow consumer.
 */
public record Allowance(int messages, int bytes, int burstSeconds, int outbound) {
  /** Before it is known who speaks: a hello and a proof. */
  public static final Allowance STRANGER = new Allowance(8, 32 << 10, 2, 64 << 10);

  private static final Allowance VISITOR = new Allowance(64, 128 << 10, 8, 512 << 10);
  private static final Allowance WORKER = new Allowance(256, 256 << 10, 8, 1 << 20);
  private static final Allowance PROXY = new Allowance(20_000, 32 << 20, 8, 16 << 20);

  public static Allowance of(PeerKind kind) {
    return switch (kind) {
      case VISITOR -> VISITOR;
      case WORKER -> WORKER;
      case PROXY -> PROXY;
    };
  }
}
