package gyre.proxy.upstream;

import io.netty.handler.ssl.SslContext;

/** How the client speaks TLS where it wants HTTP/1.1, and where it wants HTTP/2 (ALPN). */
public record ClientTls(SslContext http1, SslContext h2) {}
