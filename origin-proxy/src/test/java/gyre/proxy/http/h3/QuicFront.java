package gyre.proxy.http.h3;

import gyre.operations.config.HostPort;
import gyre.operations.config.TlsConfig;
import gyre.proxy.access.Access;
import gyre.proxy.http.HttpFront;
import gyre.proxy.http.ScriptedPages;
import gyre.proxy.http.exchange.Front;
import gyre.proxy.http.exchange.FrontLimits;
import gyre.proxy.http.exchange.HttpDate;
import gyre.proxy.http.exchange.Terms;
import gyre.proxy.http.tls.HandshakeTally;
import gyre.proxy.http.tls.TlsCertificates;
import gyre.proxy.sender.TrustedProxies;
import gyre.proxy.transport.Transport;
import gyre.proxy.upstream.UpstreamTls;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.channel.Channel;
import io.netty.handler.ssl.SslContext;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiPredicate;

/** A front that serves scripted pages over TLS and QUIC at one address. */
final class QuicFront implements AutoCloseable {
  private final Transport transport = Transport.start();
  private final ScriptedPages pages = new ScriptedPages();
  private final BlockingQueue<Access> accesses = new LinkedBlockingQueue<>();
  private final SimpleMeterRegistry metrics = new SimpleMeterRegistry();
  private final TlsCertificates certificates;
  private final HttpFront front;
  private final InetSocketAddress address;

  QuicFront(List<TlsConfig.Certificate> files, FrontLimits limits) throws IOException {
    Terms terms = new Terms(pages, limits, TrustedProxies.NONE, accesses::add);
    front = new HttpFront(terms, transport, UpstreamTls.trustingTheSystem());
    certificates = new TlsCertificates(files, true, InstantSource.system());
    address = front.listenTls(new HostPort("127.0.0.1", 0), false, certificates);
    HandshakeTally tally = new HandshakeTally(metrics);
    front.listenQuic(address, address.getPort(), certificates::quic, tally);
  }

  /** One more front, over UDP alone, at which this decides who may connect. */
  QuicListener listenWith(InetSocketAddress there, BiPredicate<Channel, InetAddress> admission)
      throws IOException {
    InstantSource clock = InstantSource.system();
    SslContext noTunnels = UpstreamTls.trustingTheSystem();
    Front another =
        new Front(
            new AtomicReference<>(Terms.of(pages)),
            transport,
            server -> noTunnels,
            Executors.newVirtualThreadPerTaskExecutor(),
            clock,
            new HttpDate(clock),
            new Front.Standing());
    HandshakeTally tally = new HandshakeTally(metrics);
    return QuicListener.open(another, there, new Newcomers(certificates::quic, tally, admission));
  }

  InetSocketAddress address() {
    return address;
  }

  ScriptedPages pages() {
    return pages;
  }

  BlockingQueue<Access> accesses() {
    return accesses;
  }

  SimpleMeterRegistry metrics() {
    return metrics;
  }

  TlsCertificates certificates() {
    return certificates;
  }

  HttpFront front() {
    return front;
  }

  @Override
  public void close() {
    front.close();
    certificates.close();
    transport.close();
  }
}
