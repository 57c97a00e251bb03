package gyre.operations.admin;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
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
  private static final String PAGE =
      """
      <!doctype html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <title>Gyre: log in</title>
      <style>
      :root { color-scheme: light dark; --ground: #f3f5f4; --card: #fff; --line: #d5dcd8; --ink: #14201b; --soft: #5b6b64; --go: #0c7d55; --bad: #b8402c; }
      @media (prefers-color-scheme: dark) { :root { --ground: #0e1412; --card: #161e1b; --line: #2d3a34; --ink: #e6eeea; --soft: #9aaba3; --go: #2fc48e; --bad: #ea7c69; } }
      body { margin: 0; min-height: 100vh; display: grid; place-items: center; background: var(--ground); color: var(--ink); font: 15px/1.5 system-ui, sans-serif; }
      form { background: var(--card); border: 1px solid var(--line); border-radius: 12px; padding: 28px 30px; width: min(360px, 80vw); }
      h1 { font-size: 20px; margin: 0 0 4px; } p { color: var(--soft); margin: 0 0 18px; } p.bad { color: var(--bad); margin: 14px 0 0; }
      input, button { font: inherit; width: 100%%; box-sizing: border-box; border-radius: 8px; padding: 9px 12px; }
      input { border: 1px solid var(--line); background: var(--ground); color: inherit; margin-bottom: 12px; }
      button { border: 0; background: var(--go); color: var(--card); font-weight: 600; cursor: pointer; }
      </style>
      </head>
      <body><form method="post" action="/login">
      <h1>Gyre</h1><p>This endpoint needs the token <code>admin.token</code> of its gyre.yaml.</p>
      <input name="token" type="password" aria-label="token" autocomplete="current-password" autofocus required>
      <button>Log in</button>%s
      </form></body>
      </html>
      """;

  private final String token;
  private final InstantSource clock;
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

  private static void page(HttpExchange exchange, int status, String complaint) throws IOException {
    exchange.getResponseHeaders().set("Content-Security-Policy", POLICY);
    String said =
        complaint.isEmpty() ? "" : "<p class=\"bad\" role=\"alert\">" + complaint + "</p>";
    AdminServer.answer(
        exchange, status, "text/html; charset=utf-8", PAGE.formatted(said).getBytes(UTF_8));
  }
}
