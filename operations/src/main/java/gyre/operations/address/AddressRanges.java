package gyre.operations.address;

import java.net.InetAddress;
import java.util.List;

/** Addresses that belong together, as a list of ranges. */
public record AddressRanges(List<AddressRange> ranges) {
  public static final AddressRanges NONE = new AddressRanges(List.of());

  public AddressRanges {
    ranges = List.copyOf(ranges);
  }

  /** IllegalArgumentException where an entry is not an address or a range. */
  public static AddressRanges of(String... ranges) {
    return new AddressRanges(List.of(ranges).stream().map(AddressRange::parse).toList());
  }

  public boolean contains(InetAddress address) {
    for (AddressRange range : ranges) {
      if (range.contains(address)) {
        return true;
      }
    }
    return false;
  }
}
