package gyre.signalling.session;

import gyre.signalling.admission.Admission;
import gyre.signalling.admission.Allowance;
import gyre.signalling.admission.ClientAddress;
import gyre.signalling.admission.Quota;
import gyre.signalling.admission.Rights;
import gyre.signalling.directory.Command;
import gyre.signalling.directory.Newcomer;
import gyre.signalling.directory.Published;
import gyre.signalling.relay.Outlet;
import gyre.signalling.relay.Seat;
import gyre.wire.Bytes;
import gyre.wire.ClientMessage;
import gyre.wire.Limits;
import gyre.wire.RefusalCode;
import gyre.wire.ServerMessage;
import gyre.wire.codec.ClientMessageCodec;
import gyre.wire.codec.DecodeException;
import gyre.wire.codec.ServerMessageCodec;
import gyre.wire.manifest.Manifest;
import gyre.wire.manifest.ManifestCodec;
import gyre.wire.token.Token;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What one connection says and hears. {@code received} is called by the connection's own worker;
 * the other methods by any thread. Nothing here waits: work for the admission thread and for the
 * directory's owner is queued, and a full queue ends the conversation.
 */
final class Conversation implements Outlet {
  private final Line line;
  private final Services services;
  private Quota quota;
  private boolean hasOwnQuota;
  private volatile Phase phase = new Phase.AwaitingHello();
  private volatile Instant lastHeard;

  Conversation(Line line, Services services) {
    this.line = line;
    this.services = services;
    this.lastHeard = services.clock().instant();
    this.quota = new Quota(Allowance.STRANGER, lastHeard);
  }

  /** Under which its client's connections count as one. */
  String origin() {
    return ClientAddress.bucket(line.client());
  }

  /** One binary frame. */
  void received(ByteBuffer frame) {
    int size = frame.remaining();
    if (mayPass(size)) {
      try {
        Optional<ClientMessage> message = ClientMessageCodec.decode(frame);
        message.ifPresent(said -> received(said, size));
      } catch (DecodeException malformed) {
        refuse(RefusalCode.MALFORMED, malformed.getMessage());
      }
    }
  }

  /** Whether so many bytes are within the allowance; also for frames that are no message. */
  boolean mayPass(int size) {
    Instant now = services.clock().instant();
    lastHeard = now;
    return switch (quota(now).take(size, now)) {
      case Quota.Verdict.Pass _ -> true;
      case Quota.Verdict.Drop _ -> false;
      case Quota.Verdict.Tell tell -> {
        refuse(tell.code(), tell.reason());
        yield false;
      }
    };
  }

  private Quota quota(Instant now) {
    if (!hasOwnQuota && phase instanceof Phase.Present present) {
      quota = new Quota(Allowance.of(present.seat().kind()), now);
      hasOwnQuota = true;
    }
    return quota;
  }

  private void received(ClientMessage message, int size) {
    services.meters().received(message);
    switch (phase) {
      case Phase.AwaitingHello _ -> greet(message);
      case Phase.Challenged challenged -> prove(challenged, message);
      case Phase.Present present -> heed(present.seat(), message, size);
      case Phase.Checking _, Phase.Joining _ ->
          refuse(RefusalCode.MALFORMED, "wait for the welcome before saying more");
      case Phase.Over _ -> {}
    }
  }

  private void greet(ClientMessage message) {
    if (!(message instanceof ClientMessage.Hello hello)) {
      refuse(RefusalCode.MALFORMED, "the first message is a hello");
      return;
    }
    proceed(new Phase.Checking());
    queued(services.gatehouse().hello(this, hello));
  }

  private void prove(Phase.Challenged challenged, ClientMessage message) {
    if (!(message instanceof ClientMessage.Prove proof)) {
      refuse(RefusalCode.MALFORMED, "the answer to a challenge is a prove");
      return;
    }
    proceed(new Phase.Checking());
    queued(services.gatehouse().proof(this, challenged, proof));
  }

  private void heed(Seat seat, ClientMessage message, int size) {
    switch (Rights.of(seat.kind(), message)) {
      case Admission.Refuse refusal -> refuse(refusal.code(), refusal.reason());
      case Admission.Admit _ -> carryOut(seat, message, size);
    }
  }

  private void carryOut(Seat seat, ClientMessage message, int size) {
    switch (message) {
      case ClientMessage.Hello _, ClientMessage.Prove _ ->
          throw new IllegalStateException("rights admit no second hello");
      case ClientMessage.Page page -> submit(new Command.Turn(seat.peer(), page.page()), size);
      case ClientMessage.Announce announce ->
          submit(new Command.Announce(seat.peer(), announce), size);
      case ClientMessage.Locate locate -> submit(new Command.Locate(seat.peer(), locate), size);
      case ClientMessage.Publish publish -> publish(seat, publish, size);
      case ClientMessage.Withdraw withdraw ->
          submit(new Command.Withdraw(seat.peer(), withdraw), size);
      case ClientMessage.Report report -> submit(new Command.Report(seat.peer(), report), size);
      case ClientMessage.Relay relay -> {
        if (!services.switchboard().relay(seat, relay)) {
          refuse(RefusalCode.UNKNOWN_PEER, relay.to() + " is not here");
        }
      }
      case ClientMessage.Ping ping -> send(new ServerMessage.Pong(ping.nonce()));
    }
  }

  private void publish(Seat seat, ClientMessage.Publish publish, int size) {
    List<Published> manifests = new ArrayList<>();
    try {
      for (Bytes encoded : publish.manifests()) {
        Manifest manifest = ManifestCodec.decode(encoded).manifest();
        if (!manifest.site().equals(seat.site())) {
          refuse(RefusalCode.RIGHTS, "a proxy publishes for its own site only");
          return;
        }
        manifests.add(
            new Published(
                encoded,
                manifest.resource(),
                manifest.digest(),
                manifest.generation(),
                manifest.issued(),
                manifest.expires()));
      }
      submit(new Command.Publish(seat.peer(), manifests, publish.pages()), size);
    } catch (DecodeException malformed) {
      refuse(RefusalCode.MALFORMED, "not a manifest: " + malformed.getMessage());
    }
  }

  /** The peer holds a token that names a key. */
  void challenge(Phase.Challenged challenged) {
    if (proceed(challenged)) {
      send(new ServerMessage.Challenge(challenged.nonce()));
    }
  }

  /** The peer may come in: it gets its seat and joins the directory, which says welcome. */
  void admit(ClientMessage.Hello hello, Token token, Newcomer newcomer) {
    Seat seat = new Seat(newcomer.peer(), token.site(), token.kind(), this);
    synchronized (this) {
      if (proceed(new Phase.Joining(seat))) {
        services.switchboard().take(seat);
        services.swarm().submitAlways(new Command.Join(newcomer, hello.resume(), hello.page()));
      }
    }
  }

  private synchronized boolean proceed(Phase next) {
    if (phase instanceof Phase.Over) {
      return false;
    }
    phase = next;
    return true;
  }

  void refuse(RefusalCode code, String reason) {
    services.meters().refused(code);
    send(new ServerMessage.Refused(code, shortened(reason)));
    if (code.endsConnection()) {
      line.close(code.name().toLowerCase(Locale.ROOT));
    }
  }

  @Override
  public void send(ServerMessage message) {
    Phase now = phase;
    if (message instanceof ServerMessage.Welcome && now instanceof Phase.Joining joining) {
      proceed(new Phase.Present(joining.seat()));
    }
    line.send(ServerMessageCodec.encode(message), bound(now));
  }

  @Override
  public void end() {
    line.close("resumed elsewhere");
  }

  /** The connection is gone. Called once or more. */
  void closed() {
    synchronized (this) {
      switch (phase) {
        case Phase.Joining joining -> leave(joining.seat());
        case Phase.Present present -> leave(present.seat());
        case Phase.AwaitingHello _, Phase.Checking _, Phase.Challenged _, Phase.Over _ -> {}
      }
      phase = new Phase.Over();
    }
  }

  private void leave(Seat seat) {
    services.switchboard().leave(seat.peer());
    services.swarm().submitAlways(new Command.Leave(seat.peer()));
  }

  boolean isWelcomed() {
    return phase instanceof Phase.Present;
  }

  Instant lastHeard() {
    return lastHeard;
  }

  private void submit(Command command, int size) {
    queued(services.swarm().submit(command, size));
  }

  private void queued(boolean hadRoom) {
    if (!hadRoom) {
      refuse(RefusalCode.OVERLOAD, "this server has too much to do; come back later");
    }
  }

  private static int bound(Phase phase) {
    return switch (phase) {
      case Phase.Joining joining -> Allowance.of(joining.seat().kind()).outbound();
      case Phase.Present present -> Allowance.of(present.seat().kind()).outbound();
      case Phase.AwaitingHello _, Phase.Checking _, Phase.Challenged _, Phase.Over _ ->
          Allowance.STRANGER.outbound();
    };
  }

  private static String shortened(String reason) {
    String printable = reason.replaceAll("[^ -~]", "?");
    return printable.substring(0, Math.min(printable.length(), Limits.REASON));
  }
}
