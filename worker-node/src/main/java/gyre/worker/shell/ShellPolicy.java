package gyre.worker.shell;

import java.net.URI;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The headers of everything the shell serves. Dedicated workers take their own policy from their
 * own script's response, so each response carries all of it.
 *
 * <p>Cross-origin isolation keeps other pages out of the tab's process and lets the tab measure its
 * memory. Camera and microphone stay allowed, as there are none: without them WebRTC offers no
 * address but that of the default route, and none at all where loopback is all there is.
 */
final class ShellPolicy {
  private ShellPolicy() {}

  static Map<String, String> headers(URI signalling) {
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put(
        "Content-Security-Policy",
        "default-src 'none'; script-src 'self'; worker-src 'self'; connect-src "
            + signalling.getScheme()
            + "://"
            + signalling.getRawAuthority()
            + "; base-uri 'none'; form-action 'none'; frame-ancestors 'none'");
    headers.put("Cross-Origin-Opener-Policy", "same-origin");
    headers.put("Cross-Origin-Embedder-Policy", "require-corp");
    headers.put("Cross-Origin-Resource-Policy", "same-origin");
    headers.put("Origin-Agent-Cluster", "?1");
    headers.put(
        "Permissions-Policy",
        "geolocation=(), clipboard-read=(), display-capture=(), usb=(), serial=(), hid=()");
    headers.put("Referrer-Policy", "no-referrer");
    headers.put("X-Content-Type-Options", "nosniff");
    headers.put("Cache-Control", "no-store");
    return headers;
  }
}
