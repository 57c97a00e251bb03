package gyre.proxy.certificate;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/** What every wanted host serves. Guarded by its owner. */
final class HostCertificates {
  private final Map<String, HostCertificate> byHost = new LinkedHashMap<>();

  boolean knows(String host) {
    return byHost.containsKey(host);
  }

  /** Empty where nobody wants it any more. */
  Optional<HostCertificate> of(String host) {
    return Optional.ofNullable(byHost.get(host));
  }

  void put(String host, HostCertificate certificate) {
    byHost.put(host, certificate);
  }

  void retain(Collection<String> hosts) {
    byHost.keySet().retainAll(hosts);
  }

  void replaceAll(UnaryOperator<HostCertificate> change) {
    byHost.replaceAll((host, certificate) -> change.apply(certificate));
  }

  /** The host that has waited for longest; empty where none is due. */
  Optional<String> due(Instant now) {
    return byHost.entrySet().stream()
        .filter(entry -> !entry.getValue().due().isAfter(now))
        .min(Map.Entry.comparingByValue(Comparator.comparing(HostCertificate::due)))
        .map(Map.Entry::getKey);
  }

  /** Until one is due, at most {@code longest}. */
  Duration pause(Instant now, Duration longest) {
    return byHost.values().stream()
        .map(certificate -> Duration.between(now, certificate.due()).plusMillis(1))
        .reduce(longest, (a, b) -> a.compareTo(b) < 0 ? a : b);
  }

  Map<String, PemPair> pairs() {
    return each(HostCertificate::pair);
  }

  Map<String, Instant> ends() {
    return each(HostCertificate::end);
  }

  private <T> Map<String, T> each(Function<HostCertificate, T> part) {
    Map<String, T> parts = new LinkedHashMap<>();
    byHost.forEach((host, certificate) -> parts.put(host, part.apply(certificate)));
    return parts;
  }
}
