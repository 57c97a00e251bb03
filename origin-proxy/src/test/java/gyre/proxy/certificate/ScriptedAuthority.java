package gyre.proxy.certificate;

import gyre.proxy.certificate.acme.OwnCertificates;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Issues to everybody but for the answers that it was told to give first. */
final class ScriptedAuthority implements Authority {
  final List<String> asked = new ArrayList<>();
  private final Map<String, Deque<Outcome>> answers = new HashMap<>();

  ScriptedAuthority says(String host, Outcome... outcomes) {
    answers.computeIfAbsent(host, key -> new ArrayDeque<>()).addAll(List.of(outcomes));
    return this;
  }

  static Outcome refusal(String told) {
    return new Outcome.Failed(Outcome.Reason.REFUSED, told, Optional.empty());
  }

  static Outcome busyUntil(Instant time) {
    return new Outcome.Failed(Outcome.Reason.RATE_LIMITED, "too many", Optional.of(time));
  }

  static Outcome troubleUntil(Instant time) {
    return new Outcome.Failed(Outcome.Reason.UNREACHABLE, "HTTP 503", Optional.of(time));
  }

  @Override
  public Outcome obtain(String host, int failures, Prover prover) {
    asked.add(host + " " + failures);
    Deque<Outcome> script = answers.getOrDefault(host, new ArrayDeque<>());
    return script.isEmpty()
        ? new Outcome.Issued(OwnCertificates.meanwhile(host))
        : script.removeFirst();
  }
}
