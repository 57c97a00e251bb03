package gyre.proxy.upstream;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/** A certificate authority of a test, made with the JDK's keytool, and servers it vouches for. */
public final class OwnAuthority {
  private static final String PASSWORD = "of-a-test";

  private final Path folder;
  private final String name;
  private final AtomicInteger servers = new AtomicInteger();

  public OwnAuthority(Path folder, String name) throws IOException, InterruptedException {
    this.folder = folder;
    this.name = name;
    keytool(name, "-alias", "ca", "-dname", "CN=" + name, "-ext", "bc:c");
  }

  /** The authority's own certificate. */
  public Path pem() throws IOException, GeneralSecurityException {
    String body =
        Base64.getMimeEncoder(64, "\n".getBytes(US_ASCII))
            .encodeToString(store().getCertificate("ca").getEncoded());
    return Files.writeString(
        folder.resolve(name + ".pem"),
        "-----BEGIN CERTIFICATE-----\n" + body + "\n-----END CERTIFICATE-----\n");
  }

  /**
   * A socket that shows a certificate for {@code san} ({@code ip:127.0.0.1}), valid for ten days
   * from {@code start} on ({@code -1d}).
   */
  public ServerSocket server(String san, String start)
      throws IOException, InterruptedException, GeneralSecurityException {
    return context(san, start)
        .getServerSocketFactory()
        .createServerSocket(0, 50, InetAddress.getLoopbackAddress());
  }

  /** The same, for sockets of the test's own. */
  public SSLContext context(String san, String start)
      throws IOException, InterruptedException, GeneralSecurityException {
    String alias = "server" + servers.incrementAndGet();
    keytool(
        name,
        "-alias",
        alias,
        "-dname",
        "CN=server",
        "-ext",
        "SAN=" + san,
        "-signer",
        "ca",
        "-startdate",
        start,
        "-validity",
        "10");
    KeyStore one = store();
    for (String each : Collections.list(one.aliases())) {
      if (!each.equalsIgnoreCase(alias)) {
        one.deleteEntry(each);
      }
    }
    KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
    keys.init(one, PASSWORD.toCharArray());
    SSLContext tls = SSLContext.getInstance("TLS");
    tls.init(keys.getKeyManagers(), null, null);
    return tls;
  }

  private KeyStore store() throws IOException, GeneralSecurityException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(folder.resolve(name + ".p12"))) {
      store.load(in, PASSWORD.toCharArray());
    }
    return store;
  }

  private void keytool(String store, String... options) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
    command.addAll(List.of("-genkeypair", "-keyalg", "EC", "-groupname", "secp256r1"));
    command.addAll(List.of("-storetype", "PKCS12", "-storepass", PASSWORD));
    command.addAll(List.of("-keystore", folder.resolve(store + ".p12").toString()));
    command.addAll(List.of(options));
    Path said = folder.resolve("keytool.log");
    Process keytool =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(said.toFile()).start();
    if (keytool.waitFor() != 0) {
      throw new IOException(Files.readString(said));
    }
  }
}
