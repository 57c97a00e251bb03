package gyre.operations.admin;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URLDecoder;
import java.security.InvalidKeyException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * How a browser gets past the admin token: a form takes the token once and gives a cookie for
 * twelve hours. The cookie is no token: it ends with this process, scripts cannot read it, and the
 * browser sends it with requests of the endpoint's own pages only. Any thread.
 *
 * <p>Ten wrong tokens within a minute close the form for the rest of it; the Authorization header
 * stays open.
 */
final class AdminLogin {
  private static final Duration LASTS = Duration.ofHours(12);
  private static final int FORM = 4 << 10;
  private static final int FAILURES = 10;
  private static final String POLICY =
      "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none';"
          + " base-uri 'none'";
  private static final String COMPLAINT = "<!-- complaint -->";

  private final String token;
  private final InstantSource clock;
  private final String page = page();
  private final byte[] key = new byte[32];
  private int failures;
  private Instant minute = Instant.MIN;

  AdminLogin(String token, InstantSource clock) {
    this.token = token;
    this.clock = clock;
    new SecureRandom().nextBytes(key);
  }

  boolean isToken(String given) {
    return MessageDigest.isEqual(given.getBytes(UTF_8), token.getBytes(UTF_8));
  }

  /** Whether the request brings a cookie that is still good. */
  boolean isLoggedIn(HttpExchange exchange) {
    List<String> headers = exchange.getRequestHeaders().getOrDefault("Cookie", List.of());
    return headers.stream()
        .flatMap(header -> List.of(header.split(";", -1)).stream())
        .map(String::strip)
        .filter(cookie -> cookie.startsWith(name(exchange) + "="))
        .anyMatch(cookie -> isGood(cookie.substring(cookie.indexOf('=') + 1)));
  }

  private boolean isGood(String value) {
    int dot = value.indexOf('.');
    if (dot < 1 || dot > 15 || !value.substring(0, dot).chars().allMatch(Character::isDigit)) {
      return false;
    }
    String expires = value.substring(0, dot);
    return MessageDigest.isEqual(value.getBytes(UTF_8), signed(expires).getBytes(UTF_8))
        && clock.millis() < Long.parseLong(expires);
  }

  private String signed(String expires) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key, "HmacSHA256"));
      byte[] code = mac.doFinal(expires.getBytes(UTF_8));
      return expires + "." + Base64.getUrlEncoder().withoutPadding().encodeToString(code);
    } catch (NoSuchAlgorithmException | InvalidKeyException e) {
      throw new IllegalStateException("every JDK has HmacSHA256", e);
    }
  }

  /** Cookies know no ports: each server of one host has a name of its own. */
  private static String name(HttpExchange exchange) {
    return "gyre-admin-" + exchange.getLocalAddress().getPort();
  }

  /** {@code /login}: the form, and what becomes of it. */
  void handle(HttpExchange exchange) throws IOException {
    if (!exchange.getRequestMethod().equals("POST")) {
      page(exchange, 200, "");
    } else if (isClosed()) {
      exchange.getResponseHeaders().set("Retry-After", "60");
      page(exchange, 429, "Too many wrong tokens; try again in a minute.");
    } else if (isToken(given(exchange).orElse(""))) {
      String cookie = signed(Long.toString(clock.instant().plus(LASTS).toEpochMilli()));
      exchange
          .getResponseHeaders()
          .set(
              "Set-Cookie",
              name(exchange)
                  + "="
                  + cookie
                  + "; Path=/; HttpOnly; SameSite=Strict; Max-Age="
                  + LASTS.toSeconds());
      redirect(exchange, "/");
    } else {
      failed();
      page(exchange, 403, "This is not the token.");
    }
  }

  private static Optional<String> given(HttpExchange exchange) throws IOException {
    String form = new String(exchange.getRequestBody().readNBytes(FORM), UTF_8);
    return form.startsWith("token=")
        ? Optional.of(decoded(form.substring("token=".length())))
        : Optional.empty();
  }

  private static String decoded(String value) {
    try {
      return URLDecoder.decode(value, UTF_8);
    } catch (IllegalArgumentException notEncoded) {
      return "";
    }
  }

  private synchronized boolean isClosed() {
    if (clock.instant().isAfter(minute)) {
      minute = clock.instant().plusSeconds(60);
      failures = 0;
    }
    return failures >= FAILURES;
  }

  private synchronized void failed() {
    failures++;
  }

  static void redirect(HttpExchange exchange, String to) throws IOException {
    exchange.getResponseHeaders().set("Location", to);
    AdminServer.answer(exchange, 303, "text/plain; charset=utf-8", new byte[0]);
  }

  private static String page() {
    try (InputStream page = AdminLogin.class.getResourceAsStream("login.html")) {
      if (page == null) {
        throw new IllegalStateException("the jar lacks gyre/operations/admin/login.html");
      }
      return new String(page.readAllBytes(), UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void page(HttpExchange exchange, int status, String complaint) throws IOException {
    exchange.getResponseHeaders().set("Content-Security-Policy", POLICY);
    String said =
        complaint.isEmpty() ? "" : "<p class=\"bad\" role=\"alert\">" + complaint + "</p>";
    AdminServer.answer(
        exchange,
        status,
        "text/html; charset=utf-8",
        page.replace(COMPLAINT, said).getBytes(UTF_8));
  }
}
