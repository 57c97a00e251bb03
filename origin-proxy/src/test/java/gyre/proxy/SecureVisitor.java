package gyre.proxy;

import gyre.proxy.http.RawClient;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

/** A visitor's connection by TLS that wants the certificate to be for the host, as browsers do. */
final class SecureVisitor implements AutoCloseable {
  private final SSLSocket socket;
  private final String host;

  private SecureVisitor(SSLSocket socket, String host) {
    this.socket = socket;
    this.host = host;
  }

  static SecureVisitor connect(
      RunningProxy proxy, SSLContext context, String host, String... protocols) throws IOException {
    InetSocketAddress address = proxy.secureAddress();
    SSLSocket socket =
        (SSLSocket)
            context
                .getSocketFactory()
                .createSocket(
                    new Socket(address.getAddress(), address.getPort()),
                    host,
                    address.getPort(),
                    true);
    socket.setSoTimeout(20_000);
    SSLParameters parameters = socket.getSSLParameters();
    parameters.setEndpointIdentificationAlgorithm("HTTPS");
    parameters.setServerNames(List.of(new SNIHostName(host)));
    parameters.setApplicationProtocols(protocols);
    socket.setSSLParameters(parameters);
    socket.startHandshake();
    return new SecureVisitor(socket, host);
  }

  X509Certificate leaf() throws IOException {
    return (X509Certificate) socket.getSession().getPeerCertificates()[0];
  }

  /** The body at {@code /}. */
  String get() throws IOException {
    return new RawClient(socket)
        .say("GET / HTTP/1.1\r\nHost: " + host + "\r\n\r\n")
        .answer()
        .body();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
