package gyre.signalling.admission;

import static org.junit.jupiter.api.Assertions.assertEquals;

import gyre.operations.address.AddressRanges;
import java.net.InetAddress;
import org.junit.jupiter.api.Test;

final class ClientAddressTest {
  private final ClientAddress addresses =
      new ClientAddress(AddressRanges.of("127.0.0.1", "10.0.0.7"));

  @Test
  void aStrangersHeaderIsNotBelieved() {
    assertEquals(ip("203.0.113.5"), addresses.of(ip("203.0.113.5"), "198.51.100.1"));
  }

  @Test
  void aTrustedProxysLastHopThatIsNotTrustedCounts() {
    assertEquals(
        ip("198.51.100.1"), addresses.of(ip("127.0.0.1"), "192.0.2.66, 198.51.100.1, 10.0.0.7"));
  }

  @Test
  void withoutAHeaderOrWithNonsenseTheNearestKnownAddressCounts() {
    assertEquals(ip("127.0.0.1"), addresses.of(ip("127.0.0.1"), ""));
    assertEquals(ip("127.0.0.1"), addresses.of(ip("127.0.0.1"), "example.com"));
    assertEquals(ip("10.0.0.7"), addresses.of(ip("127.0.0.1"), "<script>, 10.0.0.7"));
  }

  @Test
  void aClientOfIpv6CountsByItsNetwork() {
    assertEquals(
        ClientAddress.bucket(ip("2001:db8:1:2:aaaa::1")),
        ClientAddress.bucket(ip("2001:db8:1:2:bbbb::9")));
    assertEquals("198.51.100.1", ClientAddress.bucket(ip("198.51.100.1")));
  }

  private static InetAddress ip(String text) {
    return InetAddress.ofLiteral(text);
  }
}
