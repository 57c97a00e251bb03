package gyre.proxy.http.tls;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.SniCompletionEvent;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;

/** Counts TLS handshakes that succeeded and failed, those that ended before their SNI included. */
@Sharable
public final class HandshakeTally extends ChannelInboundHandlerAdapter {
  private final Counter succeeded;
  private final Counter failed;

  public HandshakeTally(MeterRegistry metrics) {
    this.succeeded = counter(metrics, "success");
    this.failed = counter(metrics, "failure");
  }

  private static Counter counter(MeterRegistry metrics, String outcome) {
    return Counter.builder("gyre.proxy.tls.handshakes").tag("outcome", outcome).register(metrics);
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) throws Exception {
    if (event instanceof SslHandshakeCompletionEvent handshake) {
      (handshake.isSuccess() ? succeeded : failed).increment();
    } else if (event instanceof SniCompletionEvent sni && !sni.isSuccess()) {
      failed.increment();
    }
    super.userEventTriggered(context, event);
  }
}
