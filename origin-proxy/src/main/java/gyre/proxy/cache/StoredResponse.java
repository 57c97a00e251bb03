package gyre.proxy.cache;

import gyre.proxy.message.Headers;
import gyre.proxy.message.Request;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * A response as the cache keeps it: its head, its variant, the content's name, and what its age is
 * reckoned from. {@code control} and {@code lifetime} are read from the headers once. {@code
 * isAuthorized}: it answered a request with Authorization, so that it is never signed.
 */
public record StoredResponse(
    int status,
    Headers headers,
    ResponseControl control,
    Variant variant,
    ContentName content,
    Duration lifetime,
    Duration initialAge,
    Instant received,
    boolean isAuthorized) {
  private static final int HEAD = 512;
  private static final Duration WORTH_WRITING = Duration.ofSeconds(10);

  /** Of a response that was received in answer to this request. */
  public static StoredResponse of(
      Request request,
      int status,
      Headers headers,
      ContentName content,
      Instant requested,
      Instant received) {
    return new StoredResponse(
        status,
        headers,
        ResponseControl.of(headers),
        Variant.of(request.headers(), headers),
        content,
        Freshness.lifetime(status, headers, received),
        Freshness.initialAge(headers, requested, received),
        received,
        request.isAuthorized());
  }

  /**
   * As it was written down by an earlier process. What is to be known beside this has to be written
   * down as well, in another version of that format ({@code store.HeadCodec}).
   */
  public static StoredResponse restored(
      int status, Headers headers, Variant variant, ContentName content, Times times) {
    return new StoredResponse(
        status,
        headers,
        ResponseControl.of(headers),
        variant,
        content,
        times.lifetime(),
        times.initialAge(),
        times.received(),
        false);
  }

  /** What the age and the freshness of a stored response are reckoned from. */
  public record Times(Duration lifetime, Duration initialAge, Instant received) {}

  private StoredResponse at(Times times) {
    return new StoredResponse(
        status,
        headers,
        control,
        variant,
        content,
        times.lifetime(),
        times.initialAge(),
        times.received(),
        isAuthorized);
  }

  /** The same, fresh no longer. */
  StoredResponse expired(Instant now) {
    Duration age = age(now);
    Times times = new Times(lifetime.compareTo(age) < 0 ? lifetime : age, initialAge, received);
    return at(times);
  }

  /** An error that does not say how long it holds: it may be over soon. */
  boolean isPassingError() {
    return status >= 400 && !control.isExplicit();
  }

  /** The same where it says itself how long it holds, else fresh for this long. */
  StoredResponse asErrorFor(Duration negative) {
    return isPassingError() ? at(new Times(negative, initialAge, received)) : this;
  }

  /** Whether it is likely to be of use to a later process, too. */
  boolean isWorthWriting() {
    return status < 400 && !isAuthorized && isOfUseForLong(headers, lifetime.minus(initialAge));
  }

  /** The same of a response whose content has not arrived yet. */
  public static boolean isWorthWriting(
      Request request, int status, Headers headers, Instant requested, Instant received) {
    Duration left =
        Freshness.lifetime(status, headers, received)
            .minus(Freshness.initialAge(headers, requested, received));
    return status < 400 && !request.isAuthorized() && isOfUseForLong(headers, left);
  }

  private static boolean isOfUseForLong(Headers headers, Duration left) {
    return Storability.hasValidator(headers) || left.compareTo(WORTH_WRITING) >= 0;
  }

  /** As {@link Storability#isForAWhile}. */
  public boolean isForAWhile() {
    return !control.has("no-cache") && lifetime.isPositive();
  }

  /** Whether a later head of the same resource has the same ETag and Last-Modified. */
  public boolean hasValidatorsOf(Headers later) {
    return headers.all("etag").equals(later.all("etag"))
        && headers.all("last-modified").equals(later.all("last-modified"));
  }

  /** About how many bytes of memory it takes, its content apart. */
  long weight() {
    return HEAD + headers.weight() + variant.weight();
  }

  public Duration age(Instant now) {
    Duration resident = Duration.between(received, now);
    return initialAge.plus(resident.isNegative() ? Duration.ZERO : resident);
  }

  public Instant freshUntil() {
    return received.plus(lifetime()).minus(initialAge);
  }

  /**
   * Whether a 304 with these headers is about it: another tag is of other content (RFC 9111,
   * 4.3.4), and what it varies by that was not told before, nobody knows of what is stored.
   */
  public boolean isMeantBy(Headers validation) {
    Optional<String> tag = headers.first("etag").map(StoredResponse::opaque);
    Optional<String> other = validation.first("etag").map(StoredResponse::opaque);
    boolean isSame = tag.isEmpty() || other.isEmpty() || tag.equals(other);
    return isSame
        && Variant.names(validation).names().stream()
            .allMatch(
                name -> name.equals("accept-encoding") || variant.selecting().containsKey(name));
  }

  private static String opaque(String tag) {
    return tag.startsWith("W/") ? tag.substring(2) : tag;
  }

  /**
   * The same content, validated: with the headers of a 304 in place of its own (RFC 9111, 3.2). One
   * that does not say when it was sent was sent now (RFC 9110, 6.6.1).
   */
  public StoredResponse refreshed(Headers by, Instant requested, Instant now) {
    Headers merged = headers.without("age").with("date", HttpTime.format(now));
    for (var field : by.fields()) {
      if (!isOfTheContent(field.name())) {
        merged = merged.without(field.name());
      }
    }
    for (var field : by.fields()) {
      if (!isOfTheContent(field.name())) {
        merged = merged.and(field.name(), field.value());
      }
    }
    return new StoredResponse(
        status,
        merged,
        ResponseControl.of(merged),
        variant,
        content,
        Freshness.lifetime(status, merged, now),
        Freshness.initialAge(by, requested, now),
        now,
        isAuthorized);
  }

  private static boolean isOfTheContent(String name) {
    return switch (name) {
      case "content-length", "content-encoding", "content-type", "content-range" -> true;
      default -> false;
    };
  }
}
