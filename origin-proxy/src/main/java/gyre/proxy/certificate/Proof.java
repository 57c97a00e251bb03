package gyre.proxy.certificate;

/** What a certificate authority looks for to see that a host is ours. */
public sealed interface Proof {
  String host();

  /** {@code content} at {@code /.well-known/acme-challenge/<token>} (RFC 8555, 8.3). */
  record Http(String host, String token, String content) implements Proof {}

  /** A certificate for connections that ask for the protocol acme-tls/1 (RFC 8737, 3). */
  record Tls(String host, PemPair certificate) implements Proof {}
}
