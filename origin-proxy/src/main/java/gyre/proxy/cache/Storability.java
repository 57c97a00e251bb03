package gyre.proxy.cache;

import gyre.proxy.message.Headers;
import gyre.proxy.message.Request;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/** Whether a shared cache may store a response (RFC 9111, 3), and what forbids it. */
public final class Storability {
  private static final Set<Integer> HEURISTIC =
      Set.of(200, 203, 204, 300, 301, 308, 404, 405, 410, 414, 501);

  /** Whose meaning for a cache is known here (5.2.2.3), beside those. */
  private static final Set<Integer> UNDERSTOOD =
      Set.of(201, 202, 302, 303, 307, 400, 401, 402, 403, 406, 409, 500, 502, 503, 504);

  /** What is wrong with one request. */
  private static final Set<Integer> OF_THE_REQUEST =
      Set.of(400, 406, 408, 412, 413, 414, 416, 417, 429, 431);

  private Storability() {}

  /** Cacheable without explicit freshness (RFC 9110, 15.1); 206 is not stored here. */
  public static boolean isHeuristic(int status) {
    return HEURISTIC.contains(status);
  }

  /** Empty: it may be stored. Else the reason why not. */
  public static Optional<String> forbids(Request request, int status, Headers headers) {
    if (!request.method().equals("GET")) {
      return Optional.of("method");
    }
    if (CacheControl.of(request.headers()).has("no-store")) {
      return Optional.of("the request's no-store");
    }
    return forbids(status, headers);
  }

  /** The same of a response to any GET. */
  public static Optional<String> forbids(int status, Headers headers) {
    if (status < 200 || status == 206 || status == 304) {
      return Optional.of("status");
    }
    ResponseControl control = ResponseControl.of(headers);
    boolean mustUnderstand = control.has("must-understand");
    if (mustUnderstand && !isUnderstood(status)) {
      return Optional.of("a status that is not understood");
    }
    if (control.has("no-store") && !mustUnderstand) {
      return Optional.of("no-store");
    }
    if (control.has("private")) {
      return Optional.of("private");
    }
    if (headers.contains("set-cookie")) {
      return Optional.of("Set-Cookie");
    }
    Variant.Names vary = Variant.names(headers);
    if (vary.isAny() || vary.contains("cookie")) {
      return Optional.of("Vary");
    }
    if (headers.contains("content-encoding") && vary.contains("accept-encoding")) {
      return Optional.of("a content coding that was not asked for");
    }
    boolean allowed = control.isExplicit() || control.has("public") || isHeuristic(status);
    boolean useful = control.isExplicit() || hasValidator(headers) || isNegative(status);
    return allowed && useful ? Optional.empty() : Optional.of("no freshness and no validator");
  }

  /**
   * Whether what may not be stored tells that answers to others may not be either: not where the
   * request itself was in the way.
   */
  public static boolean tellsOfOthers(Request request, int status) {
    return !OF_THE_REQUEST.contains(status) && !CacheControl.of(request.headers()).has("no-store");
  }

  /** What is not there, or not that way: worth knowing for a moment (see {@link ResponseCache}). */
  private static boolean isNegative(int status) {
    return status == 404 || status == 405 || status == 410 || status == 414;
  }

  private static boolean isUnderstood(int status) {
    return isHeuristic(status) || UNDERSTOOD.contains(status);
  }

  static boolean hasValidator(Headers headers) {
    return headers.contains("etag") || headers.contains("last-modified");
  }

  /**
   * Whether it can be used for a while without asking. What has to be validated each time is often
   * a personal answer, so that it is not for those who sent a cookie, nor for who joins a fetch.
   */
  public static boolean isForAWhile(int status, Headers headers, Instant received) {
    return isReusable(headers) && Freshness.lifetime(status, headers, received).isPositive();
  }

  /** Whether a response that may be stored needs no validation before it is used (5.2.2.4). */
  public static boolean isReusable(Headers headers) {
    return !ResponseControl.of(headers).has("no-cache");
  }
}
