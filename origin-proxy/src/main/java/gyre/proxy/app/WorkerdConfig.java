package gyre.proxy.app;

import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * The Cap'n Proto text with which workerd runs one app: the app behind the socket {@code app}, and
 * behind the socket {@code alive} a second worker of the same process that answers 204, which it
 * cannot while the app blocks the process. The sockets' addresses come on the command line.
 *
 * <p>Outbound requests of the app reach public addresses only: never this machine, never its
 * network.
 */
final class WorkerdConfig {
  static final String APP_SOCKET = "app";
  static final String ALIVE_SOCKET = "alive";
  static final String SCRIPT_FILE = "app.js";

  /** What the app sees is workerd as of this day: it never changes under an app's feet. */
  private static final String COMPATIBILITY_DATE = "2026-11-01";

  private static final String TEXT =
      """
      using Workerd = import "/workerd/workerd.capnp";

      const config :Workerd.Config = (
        services = [
          (name = "app", worker = (
            modules = [(name = "app.js", esModule = embed "app.js")],
            compatibilityDate = "DATE",
            bindings = [BINDINGS],
            globalOutbound = "public"
          )),
          (name = "alive", worker = (
            serviceWorkerScript = "addEventListener('fetch', e => e.respondWith(new Response(null, {status: 204})))",
            compatibilityDate = "DATE"
          )),
          (name = "public", network = (allow = ["public"], tlsOptions = (trustBrowserCas = true)))
        ],
        sockets = [
          (name = "app", http = (forwardedProtoHeader = "x-forwarded-proto"), service = "app"),
          (name = "alive", http = (), service = "alive")
        ]
      );
      """;

  private WorkerdConfig() {}

  static String text(Map<String, String> vars) {
    StringBuilder bindings = new StringBuilder();
    vars.entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .forEach(
            binding ->
                bindings
                    .append(bindings.isEmpty() ? "" : ", ")
                    .append("(name = ")
                    .append(quoted(binding.getKey()))
                    .append(", text = ")
                    .append(quoted(binding.getValue()))
                    .append(")"));
    return TEXT.replace("DATE", COMPATIBILITY_DATE).replace("BINDINGS", bindings);
  }

  /** A Text literal: everything but plain ASCII as escaped UTF-8 bytes. */
  static String quoted(String text) {
    StringBuilder literal = new StringBuilder("\"");
    for (byte octet : text.getBytes(StandardCharsets.UTF_8)) {
      if (octet >= 0x20 && octet < 0x7f && octet != '"' && octet != '\\') {
        literal.append((char) octet);
      } else {
        literal.append(String.format("\\x%02x", octet & 0xff));
      }
    }
    return literal.append('"').toString();
  }
}
