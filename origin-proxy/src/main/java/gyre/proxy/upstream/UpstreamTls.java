package gyre.proxy.upstream;

import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/** How the client checks a server's certificate: always, and its host name too. */
public final class UpstreamTls {
  private static final ApplicationProtocolConfig H2 =
      new ApplicationProtocolConfig(
          ApplicationProtocolConfig.Protocol.ALPN,
          ApplicationProtocolConfig.SelectorFailureBehavior.NO_ADVERTISE,
          ApplicationProtocolConfig.SelectedListenerFailureBehavior.ACCEPT,
          ApplicationProtocolNames.HTTP_2);

  private UpstreamTls() {}

  /** Trusts what the JDK trusts. */
  public static SslContext trustingTheSystem() throws IOException {
    return builder().build();
  }

  /** Trusts the certificates of a PEM file and nothing else. */
  public static SslContext trusting(Path pem) throws IOException {
    return builder().trustManager(pem.toFile()).build();
  }

  /** The same two with HTTP/2 as well; {@code ca} instead of what the JDK trusts. */
  public static ClientTls both(Optional<Path> ca) throws IOException {
    SslContextBuilder h2 = builder().applicationProtocolConfig(H2);
    if (ca.isPresent()) {
      return new ClientTls(trusting(ca.get()), h2.trustManager(ca.get().toFile()).build());
    }
    return new ClientTls(trustingTheSystem(), h2.build());
  }

  private static SslContextBuilder builder() {
    return SslContextBuilder.forClient()
        .sslProvider(OpenSsl.isAvailable() ? SslProvider.OPENSSL : SslProvider.JDK)
        .endpointIdentificationAlgorithm("HTTPS");
  }
}
