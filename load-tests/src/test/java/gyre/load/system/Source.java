package gyre.load.system;

import java.net.http.HttpResponse;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Who answered, as Cache-Status (RFC 9211) says it: the detail of origin-proxy's entry. */
final class Source {
  static final String WORKER = "worker";
  static final String EXECUTOR = "executor";
  static final String PEER = "peer";

  private static final Pattern DETAIL = Pattern.compile("detail=([a-z]+)");

  private Source() {}

  /** Empty where the answer names none. */
  static String of(HttpResponse<?> answer) {
    Matcher detail = DETAIL.matcher(String.join(", ", answer.headers().allValues("cache-status")));
    return detail.find() ? detail.group(1) : "";
  }
}
