package gyre.proxy.client;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import gyre.operations.config.IceConfig;
import gyre.operations.config.PeersConfig;
import gyre.operations.config.SiteConfig;
import gyre.proxy.fetch.Publication;
import gyre.proxy.message.Body;
import gyre.proxy.message.Headers;
import gyre.proxy.message.Response;
import gyre.wire.Bytes;
import gyre.wire.Limits;
import gyre.wire.PeerKind;
import gyre.wire.key.SigningKey;
import gyre.wire.key.VerifyingKey;
import gyre.wire.token.Token;
import gyre.wire.token.TokenIssuer;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a visitor's browser learns of its site: policy, keys, and a token of its own. Any thread.
 */
public final class Sessions {
  private static final Logger log = LoggerFactory.getLogger(Sessions.class);
  private static final Duration TOKEN_LIFETIME = Duration.ofMinutes(10);
  private static final Base64.Encoder BASE64 = Base64.getUrlEncoder().withoutPadding();
  private static final ObjectMapper JSON = new ObjectMapper();

  private final SigningKey identity;
  private final Publication publication;
  private final IceConfig ice;
  private final String build;
  private final InstantSource clock;
  private final SecureRandom random = new SecureRandom();
  private final Set<String> warned = ConcurrentHashMap.newKeySet();

  public Sessions(
      SigningKey identity,
      Publication publication,
      IceConfig ice,
      String build,
      InstantSource clock) {
    this.identity = identity;
    this.publication = publication;
    this.ice = ice;
    this.build = build;
    this.clock = clock;
  }

  Response answer(SiteConfig site, String host) {
    warnOnce(site, host);
    Map<String, Object> session = new LinkedHashMap<>(ofSite(site, host));
    session.put("build", build);
    session.put("time", clock.millis());
    session.put("ice", ice.servers().stream().map(Sessions::ice).toList());
    session.put("token", text(token(site)));
    session.put("signal", "/.gyre/signal");
    return new Response(
        200,
        Headers.of(
            "content-type", "application/json",
            "cache-control", "no-store",
            "x-content-type-options", "nosniff"),
        Body.of(json(session)));
  }

  /** What the service worker has to know before it has asked: site, policy, keys. */
  byte[] siteJson(SiteConfig site, String host) {
    return json(ofSite(site, host));
  }

  private Map<String, Object> ofSite(SiteConfig site, String host) {
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("site", site.id());
    values.put("policy", SitePolicy.of(site, host));
    values.put("keys", publication.keys(site.id()).stream().map(Sessions::key).toList());
    return values;
  }

  private Bytes token(SiteConfig site) {
    byte[] nonce = new byte[Limits.NONCE];
    random.nextBytes(nonce);
    Token token =
        new Token(
            site.id(),
            PeerKind.VISITOR,
            clock.instant().plus(TOKEN_LIFETIME),
            Bytes.owning(nonce),
            Bytes.EMPTY,
            identity.verifyingKey().id());
    return new TokenIssuer(identity).issue(token).encoded();
  }

  private void warnOnce(SiteConfig site, String host) {
    boolean isOffByDefault =
        site.peers().consent() == PeersConfig.Consent.UNSET && !SitePolicy.isLocal(host);
    if (isOffByDefault && warned.add(site.id())) {
      log.warn(
          "site {}: peers are off, as sites[].peers.consent is not set; say implied, ask or off",
          site.id());
    }
  }

  private static Map<String, Object> key(VerifyingKey key) {
    return Map.of("id", text(key.id().bytes()), "key", text(key.raw()));
  }

  private static Map<String, Object> ice(IceConfig.Server server) {
    return Map.of(
        "urls", List.copyOf(server.urls()),
        "username", server.username().orElse(""),
        "credential", server.credential().orElse(""));
  }

  private static String text(Bytes bytes) {
    return BASE64.encodeToString(bytes.toArray());
  }

  private static byte[] json(Object value) {
    try {
      return JSON.writeValueAsBytes(value);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a session that is no JSON", e);
    }
  }
}
