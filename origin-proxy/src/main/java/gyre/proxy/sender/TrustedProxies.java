package gyre.proxy.sender;

import gyre.operations.address.AddressRanges;
import gyre.proxy.message.Headers;
import gyre.proxy.message.Sender;
import gyre.wire.Limits;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The proxies whose word on a request's sender counts. X-Forwarded-For outweighs Forwarded (RFC
 * 7239); from anybody else both are ignored, and malformed ones are as if they were not there.
 * Pure.
 */
public record TrustedProxies(AddressRanges addresses) {
  public static final TrustedProxies NONE = new TrustedProxies(AddressRanges.NONE);

  private static final String FOR = "x-forwarded-for";
  private static final String PROTO = "x-forwarded-proto";

  /** Beyond so many hops nobody is believed. */
  private static final int HOPS = 64;

  /** Of X-Forwarded-For, to which the peer is still added; two bytes for a character at most. */
  private static final int CHAIN = Limits.HEADER_VALUE / 2 - 64;

  /** Who sent the request, and the scheme that the client used. */
  public record Arrival(Sender sender, String scheme) {
    /** Over a connection with this peer and scheme. */
    public static Arrival over(InetAddress peer, String scheme) {
      return new Arrival(Sender.direct(peer), scheme);
    }
  }

  /** {@code connection} is what its peer and scheme alone would make of the request. */
  public Arrival arrival(Arrival connection, Headers headers) {
    InetAddress peer = connection.sender().peer();
    if (!addresses.contains(peer)) {
      return connection;
    }
    List<Hop> hops = hops(headers);
    int client = client(hops);
    Optional<InetAddress> address = client < 0 ? Optional.empty() : hops.get(client).address();
    return new Arrival(
        address
            .map(found -> new Sender(found, peer, chain(hops, client)))
            .orElse(connection.sender()),
        scheme(hops, client, headers).orElse(connection.scheme()));
  }

  /** What nobody trustworthy said stays out where it is too long to be passed on. */
  private static String chain(List<Hop> hops, int client) {
    String whole = joined(hops);
    return whole.length() <= CHAIN ? whole : joined(hops.subList(client, hops.size()));
  }

  private static String joined(List<Hop> hops) {
    return String.join(", ", hops.stream().map(Hop::node).toList());
  }

  /** The hop that names the client: the last one that is not trusted itself; -1: nobody can say. */
  private int client(List<Hop> hops) {
    for (int i = hops.size() - 1; i >= 0; i--) {
      Optional<InetAddress> address = hops.get(i).address();
      if (address.isEmpty()) {
        return -1;
      }
      if (i == 0 || !addresses.contains(address.get())) {
        return i;
      }
    }
    return -1;
  }

  private static List<Hop> hops(Headers headers) {
    Optional<String> forwardedFor = headers.joined(FOR);
    List<Hop> hops =
        forwardedFor.isPresent()
            ? aligned(parts(forwardedFor.get()), headers.joined(PROTO))
            : headers.joined("forwarded").flatMap(Forwarded::parse).orElse(List.of());
    return hops.size() > HOPS ? List.of() : hops;
  }

  /** Each address with the scheme that the same proxy wrote, where both lists are as long. */
  private static List<Hop> aligned(List<String> nodes, Optional<String> protos) {
    List<String> schemes = parts(protos.orElse(""));
    List<Hop> hops = new ArrayList<>();
    for (int i = 0; i < nodes.size(); i++) {
      hops.add(new Hop(nodes.get(i), schemes.size() == nodes.size() ? schemes.get(i) : ""));
    }
    return hops;
  }

  /** One X-Forwarded-Proto alone is the client's, however many hops there are. */
  private static Optional<String> scheme(List<Hop> hops, int client, Headers headers) {
    List<String> alone = parts(headers.joined(PROTO).orElse(""));
    String said = client >= 0 ? hops.get(client).scheme() : "";
    if (said.isEmpty() && alone.size() == 1) {
      said = alone.getFirst();
    }
    return switch (said.toLowerCase(Locale.ROOT)) {
      case "https" -> Optional.of("https");
      case "http" -> Optional.of("http");
      default -> Optional.empty();
    };
  }

  private static List<String> parts(String list) {
    return Arrays.stream(list.split(",", -1)).map(String::strip).toList();
  }
}
