package gyre.proxy.access;

import gyre.proxy.message.Headers;
import java.util.List;
import java.util.Optional;

/** Where an answer came from, as this proxy's own member of Cache-Status (RFC 9211) says. Pure. */
final class AnswerSource {
  static final String OWN = "own";
  static final String HIT = "hit";
  static final String PEER = "peer";

  /** Every word for a source; what no member of ours tells is the proxy's own. */
  static final List<String> ALL = List.of(HIT, PEER, "worker", "executor", "upstream", OWN);

  private static final String MEMBER = "Gyre; ";
  private static final String DETAIL = "; detail=";

  private AnswerSource() {}

  static String of(Optional<Headers> response) {
    return response.map(AnswerSource::of).orElse(OWN);
  }

  private static String of(Headers headers) {
    Optional<String> first = headers.first("cache-status");
    if (first.isEmpty()) {
      return OWN;
    }
    String member =
        first.get().startsWith(MEMBER) ? first.get() : headers.all("cache-status").getLast();
    if (!member.startsWith(MEMBER)) {
      return OWN;
    }
    if (member.startsWith(HIT, MEMBER.length())) {
      return HIT;
    }
    int detail = member.lastIndexOf(DETAIL);
    String source = detail < 0 ? OWN : member.substring(detail + DETAIL.length());
    return ALL.contains(source) ? source : OWN;
  }
}
