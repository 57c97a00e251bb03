package gyre.proxy.upstream;

import gyre.proxy.http.Certificates;
import gyre.proxy.http.Issuer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/** A certificate authority of a test, and servers it vouches for. */
public final class OwnAuthority {
  private static final char[] PASSWORD = "of-a-test".toCharArray();
  private static final Duration LIFE = Duration.ofDays(10);

  private final Path file;
  private final Issuer issuer;
  private final X509Certificate own;

  public OwnAuthority(Path folder, String name) throws GeneralSecurityException {
    this.file = folder.resolve(name + ".pem");
    this.issuer = new Issuer(name);
    Instant now = Instant.now();
    this.own = issuer.authority(now.minus(LIFE), now.plus(LIFE));
  }

  /** The authority's own certificate. */
  public Path pem() throws IOException, GeneralSecurityException {
    return Certificates.pem(file, "CERTIFICATE", own.getEncoded());
  }

  /**
   * A socket that shows a certificate for {@code san} ({@code ip:127.0.0.1}), valid for ten days
   * from {@code start} on ({@code -1d}).
   */
  public ServerSocket server(String san, String start)
      throws IOException, GeneralSecurityException {
    return context(san, start)
        .getServerSocketFactory()
        .createServerSocket(0, 50, InetAddress.getLoopbackAddress());
  }

  /** The same, for sockets of the test's own. */
  public SSLContext context(String san, String start) throws IOException, GeneralSecurityException {
    KeyPair pair = Issuer.newKeys();
    Instant from = Instant.now().plus(Duration.parse("P" + start));
    Certificate leaf = issuer.sign("server", pair.getPublic(), san, from, from.plus(LIFE));
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    store.setKeyEntry("server", pair.getPrivate(), PASSWORD, new Certificate[] {leaf, own});
    KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
    keys.init(store, PASSWORD);
    SSLContext tls = SSLContext.getInstance("TLS");
    tls.init(keys.getKeyManagers(), null, null);
    return tls;
  }
}
