package gyre.operations.address;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AddressRangeTest {
  @ParameterizedTest
  @CsvSource({
    "10.0.0.0/8, 10.255.1.2, true",
    "10.0.0.0/8, 11.0.0.0, false",
    "192.0.2.128/25, 192.0.2.127, false",
    "192.0.2.128/25, 192.0.2.200, true",
    "192.0.2.1, 192.0.2.1, true",
    "192.0.2.1, 192.0.2.2, false",
    "0.0.0.0/0, 203.0.113.9, true",
    "0.0.0.0/0, ::1, false",
    "::1, ::1, true",
    "2001:db8::/33, 2001:db8:7fff::1, true",
    "2001:db8::/33, 2001:db8:8000::1, false",
    "::ffff:192.0.2.1, 192.0.2.1, true",
  })
  void containsWhatSharesItsPrefix(String range, String address, boolean contained) {
    assertEquals(
        contained, AddressRange.parse(range).contains(IpLiteral.parse(address).orElseThrow()));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "", "/8", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/+8", "10.0.0.0/8/8",
        "10.0.0.1/8", "::1/129", "10.1", "010.0.0.1", "0x7f.0.0.1", "256.0.0.1", "localhost",
        "fe80::1%eth0", "[::1]", "1:2:3", "10.0.0.0 /8"
      })
  void refusesWhatIsNoRange(String text) {
    assertThrows(IllegalArgumentException.class, () -> AddressRange.parse(text));
  }

  @Test
  void aClientIsItsAddressAndOfIpv6ItsNetwork() {
    assertEquals("192.0.2.7", AddressRange.ofClient(ip("192.0.2.7")).toString());
    assertEquals(
        AddressRange.ofClient(ip("2001:db8:1:2:aaaa::1")),
        AddressRange.ofClient(ip("2001:db8:1:2:bbbb::9")));
    assertFalse(
        AddressRange.ofClient(ip("2001:db8:1:2::1"))
            .equals(AddressRange.ofClient(ip("2001:db8:1:3::1"))));
  }

  @Test
  void rangesContainWhatOneOfThemDoes() {
    AddressRanges ranges = AddressRanges.of("10.0.0.0/8", "::1");
    assertTrue(ranges.contains(ip("::1")));
    assertFalse(ranges.contains(ip("192.0.2.1")));
    assertFalse(AddressRanges.NONE.contains(ip("10.0.0.1")));
  }

  private static InetAddress ip(String text) {
    return IpLiteral.parse(text).orElseThrow();
  }
}
