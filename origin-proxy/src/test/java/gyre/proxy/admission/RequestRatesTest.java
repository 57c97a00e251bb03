package gyre.proxy.admission;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gyre.operations.address.IpLiteral;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class RequestRatesTest {
  private Instant now = Instant.EPOCH;
  private final RequestRates rates = new RequestRates(4, 6, () -> now);
  private final InetAddress client = ip("192.0.2.1");

  @Test
  void aClientMaySendABurstAndThenItsRate() {
    for (int i = 0; i < 6; i++) {
      assertEquals(Duration.ZERO, rates.take(client));
    }
    assertEquals(Duration.ofMillis(250), rates.take(client));
    now = now.plusMillis(249);
    assertEquals(Duration.ofMillis(1), rates.take(client));
    now = now.plusMillis(1);
    assertEquals(Duration.ZERO, rates.take(client));
    assertFalse(rates.take(client).isZero());
  }

  @Test
  void whoRestsSavesNoMoreThanABurst() {
    assertEquals(Duration.ZERO, rates.take(client));
    now = now.plusSeconds(3_600);
    int passed = 0;
    while (rates.take(client).isZero()) {
      passed++;
    }
    assertEquals(6, passed);
  }

  @Test
  void othersAreNotMeantAndANetworkOfIpv6IsOneClient() {
    for (int i = 0; i < 6; i++) {
      assertTrue(rates.take(ip("2001:db8::" + i)).isZero());
    }
    assertFalse(rates.take(ip("2001:db8::ffff:1")).isZero());
    assertTrue(rates.take(ip("2001:db8:0:1::1")).isZero());
    assertTrue(rates.take(client).isZero());
  }

  @Test
  void connectionsAreCountedPerClientUntilTheyClose() {
    OpenConnections open = new OpenConnections();
    assertTrue(open.opened(client, 2));
    assertTrue(open.opened(client, 2));
    assertFalse(open.opened(client, 2));
    assertTrue(open.opened(ip("192.0.2.2"), 2));
    open.closed(client);
    assertTrue(open.opened(client, 2));
    open.closed(client);
    open.closed(client);
    open.closed(ip("192.0.2.2"));
    assertEquals(0, open.clients());
  }

  private static InetAddress ip(String text) {
    return IpLiteral.parse(text).orElseThrow();
  }
}
