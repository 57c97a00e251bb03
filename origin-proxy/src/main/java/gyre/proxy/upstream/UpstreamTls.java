package gyre.proxy.upstream;

import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.io.IOException;
import java.nio.file.Path;

/** How the client checks a server's certificate: always, and its host name too. */
public final class UpstreamTls {
  private UpstreamTls() {}

  /** Trusts what the JDK trusts. */
  public static SslContext trustingTheSystem() throws IOException {
    return builder().build();
  }

  /** Trusts the certificates of a PEM file and nothing else. */
  public static SslContext trusting(Path pem) throws IOException {
    return builder().trustManager(pem.toFile()).build();
  }

  private static SslContextBuilder builder() {
    return SslContextBuilder.forClient()
        .sslProvider(OpenSsl.isAvailable() ? SslProvider.OPENSSL : SslProvider.JDK)
        .endpointIdentificationAlgorithm("HTTPS");
  }
}
