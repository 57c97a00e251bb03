package gyre.proxy.exchange;

/** Which end of the connection this is: the offerer opens odd exchanges, the answerer even ones. */
public enum Side {
  OFFERER(1),
  ANSWERER(2);

  private final int firstExchange;

  Side(int firstExchange) {
    this.firstExchange = firstExchange;
  }

  int firstExchange() {
    return firstExchange;
  }

  /** Whether this side opened the exchange of that number. */
  boolean opens(int exchange) {
    return exchange % 2 == firstExchange % 2;
  }
}
