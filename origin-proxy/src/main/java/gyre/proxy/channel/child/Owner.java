package gyre.proxy.channel.child;

import dev.onvoid.webrtc.PeerConnectionFactory;
import dev.onvoid.webrtc.PortAllocatorConfig;
import dev.onvoid.webrtc.RTCConfiguration;
import dev.onvoid.webrtc.RTCIceServer;
import dev.onvoid.webrtc.media.audio.HeadlessAudioDeviceModule;
import gyre.proxy.channel.ChildCodec;
import gyre.proxy.channel.ChildNotice;
import gyre.proxy.channel.ChildOrder;
import gyre.proxy.channel.ChildSocket;
import gyre.proxy.channel.IceServer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * Owns every connection: the one thread that creates, describes, sends on, closes and disposes of
 * them, since a dispose that races a send crashes the process.
 *
 * <p>Orders and what native callbacks enqueue are worked off in turn; a connection whose buffer is
 * full is looked at again every millisecond. Its queue is bounded by the proxy's send windows and
 * by {@link #CONNECTIONS}.
 */
final class Owner {
  static final int CONNECTIONS = 512;
  private static final long BACKLOG = 32L << 20;

  private final LinkedBlockingQueue<Runnable> work = new LinkedBlockingQueue<>();
  private final Map<Integer, Peer> peers = new HashMap<>();
  private final AtomicLong received = new AtomicLong();
  private final PeerConnectionFactory factory;
  private final RTCConfiguration configuration;
  private final ChildSocket socket;
  private final Thread thread;

  Owner(ChildOrder.Configure configure, ChildSocket socket) {
    // Without this audio module the process aborts where there is no sound card.
    this.factory = new PeerConnectionFactory(new HeadlessAudioDeviceModule());
    this.configuration = configuration(configure);
    this.socket = socket;
    this.thread = Thread.ofPlatform().name("channel-owner").unstarted(this::run);
  }

  void start() {
    thread.start();
  }

  void order(ChildOrder order) {
    work.add(() -> apply(order));
  }

  /** Enqueues a step for one peer; what a native callback may do besides copying. */
  void later(Peer peer, Runnable step) {
    work.add(() -> guarded(peer, step));
  }

  /** What a peer provokes (a description that is none, say) closes its connection and no other. */
  private static void guarded(Peer peer, Runnable step) {
    try {
      step.run();
    } catch (VirtualMachineError e) {
      throw e;
    } catch (RuntimeException | Error e) { // the library throws a bare Error at a bad description
      peer.close("refused by the library: " + e.getMessage());
    }
  }

  void notice(ChildNotice notice) {
    socket.send(ChildCodec.encode(notice));
  }

  /** Passes a message on from a native callback; false where too much waits for the proxy. */
  boolean received(ChildNotice.Received message) {
    received.incrementAndGet();
    if (socket.queuedBytes() > BACKLOG) {
      return false;
    }
    notice(message);
    return true;
  }

  /** The peer is gone: its number is free of meaning from now on. */
  void forget(int connection) {
    peers.remove(connection);
  }

  private void run() {
    try {
      while (!Thread.currentThread().isInterrupted()) {
        step();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException | Error e) {
      // The process may be in any state: end it, the proxy starts another.
      System.err.println("gyre channel: its owner thread failed: " + e);
      Runtime.getRuntime().halt(2);
    }
  }

  private void step() throws InterruptedException {
    boolean full = false;
    for (Peer peer : peers.values()) {
      full |= peer.isFull();
    }
    Runnable next = full ? work.poll(1, TimeUnit.MILLISECONDS) : work.take();
    if (next != null) {
      next.run();
    }
    if (full) {
      List.copyOf(peers.values()).forEach(peer -> guarded(peer, peer::pump));
    }
  }

  private void apply(ChildOrder order) {
    switch (order) {
      case ChildOrder.Configure _ -> throw new IllegalStateException("configured twice");
      case ChildOrder.Open open -> open(open);
      case ChildOrder.Describe describe ->
          with(describe.connection(), peer -> peer.describe(describe.sdp()));
      case ChildOrder.Candidate candidate ->
          with(candidate.connection(), peer -> peer.candidate(candidate));
      case ChildOrder.Send send -> with(send.connection(), peer -> peer.send(send.message()));
      case ChildOrder.Close close -> with(close.connection(), peer -> peer.close("closed here"));
      case ChildOrder.Ping ping -> notice(new ChildNotice.Pong(ping.nonce(), received.get()));
    }
  }

  private void with(int connection, Consumer<Peer> action) {
    Peer peer = peers.get(connection);
    if (peer != null) {
      guarded(peer, () -> action.accept(peer));
    }
  }

  private void open(ChildOrder.Open open) {
    if (peers.size() >= CONNECTIONS) {
      notice(new ChildNotice.Closed(open.connection(), CONNECTIONS + " connections are open"));
      return;
    }
    Peer peer = new Peer(open.connection(), this);
    peers.put(open.connection(), peer);
    guarded(peer, () -> peer.start(factory, configuration, open.offers()));
  }

  private static RTCConfiguration configuration(ChildOrder.Configure configure) {
    RTCConfiguration configuration = new RTCConfiguration();
    for (IceServer server : configure.servers()) {
      RTCIceServer ice = new RTCIceServer();
      ice.urls = new ArrayList<>(server.urls());
      ice.username = server.username();
      ice.password = server.credential();
      configuration.iceServers.add(ice);
    }
    if (configure.loopback()) {
      configuration.portAllocatorConfig.flags =
          PortAllocatorConfig.PORTALLOCATOR_DISABLE_ADAPTER_ENUMERATION;
    }
    return configuration;
  }
}
