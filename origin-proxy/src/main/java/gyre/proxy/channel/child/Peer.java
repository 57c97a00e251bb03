package gyre.proxy.channel.child;

import dev.onvoid.webrtc.CreateSessionDescriptionObserver;
import dev.onvoid.webrtc.PeerConnectionFactory;
import dev.onvoid.webrtc.RTCAnswerOptions;
import dev.onvoid.webrtc.RTCConfiguration;
import dev.onvoid.webrtc.RTCDataChannel;
import dev.onvoid.webrtc.RTCDataChannelInit;
import dev.onvoid.webrtc.RTCIceCandidate;
import dev.onvoid.webrtc.RTCOfferOptions;
import dev.onvoid.webrtc.RTCPeerConnection;
import dev.onvoid.webrtc.RTCSdpType;
import dev.onvoid.webrtc.RTCSessionDescription;
import gyre.proxy.channel.ChildNotice;
import gyre.proxy.channel.ChildOrder;
import gyre.wire.Bytes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One connection: its descriptions, its candidates, and its one data channel. Every method runs on
 * the {@link Owner}'s thread.
 */
final class Peer {
  static final String LABEL = "gyre/1";
  private static final int EARLY_CANDIDATES = 64;

  private final int number;
  private final Owner owner;
  private final List<RTCIceCandidate> early = new ArrayList<>();
  private Optional<RTCPeerConnection> connection = Optional.empty();
  private Optional<DataChannel> channel = Optional.empty();
  private boolean offers;
  private boolean described;
  private boolean closed;

  Peer(int number, Owner owner) {
    this.number = number;
    this.owner = owner;
  }

  void start(PeerConnectionFactory factory, RTCConfiguration configuration, boolean offers) {
    this.offers = offers;
    RTCPeerConnection created =
        factory.createPeerConnection(configuration, new ConnectionCallbacks(this, number, owner));
    connection = Optional.of(created);
    if (offers) {
      RTCDataChannelInit init = new RTCDataChannelInit();
      init.ordered = true;
      use(created.createDataChannel(LABEL, init));
      created.createOffer(new RTCOfferOptions(), new LocalDescription());
    }
  }

  int number() {
    return number;
  }

  Owner owner() {
    return owner;
  }

  /** The remote description; what follows from it comes in callbacks. */
  void describe(String sdp) {
    RTCSdpType type = offers ? RTCSdpType.ANSWER : RTCSdpType.OFFER;
    connection.ifPresent(
        found ->
            found.setRemoteDescription(
                new RTCSessionDescription(type, sdp),
                new Done(this, "the remote description", () -> remoteDescribed(found))));
  }

  private void remoteDescribed(RTCPeerConnection found) {
    if (closed) {
      return;
    }
    described = true;
    early.forEach(ice -> add(found, ice));
    early.clear();
    if (!offers) {
      found.createAnswer(new RTCAnswerOptions(), new LocalDescription());
    }
  }

  /** A remote candidate; those that come before the description wait for it. */
  void candidate(ChildOrder.Candidate candidate) {
    RTCIceCandidate ice =
        new RTCIceCandidate(candidate.mid(), candidate.line(), candidate.candidate());
    if (described) {
      connection.ifPresent(found -> add(found, ice));
    } else if (early.size() < EARLY_CANDIDATES) {
      early.add(ice);
    }
  }

  /** One that cannot be read, or ends the list, is passed over: others may do. */
  private static void add(RTCPeerConnection found, RTCIceCandidate ice) {
    try {
      found.addIceCandidate(ice);
    } catch (VirtualMachineError e) {
      throw e;
    } catch (RuntimeException | Error e) {
      System.err.println("gyre channel: a candidate is passed over: " + e.getMessage());
    }
  }

  void send(Bytes message) {
    channel.ifPresent(found -> found.send(message));
  }

  /** The other side opened a channel: the first one with the right label is the channel. */
  void accept(RTCDataChannel remote) {
    if (closed || channel.isPresent() || !remote.getLabel().equals(LABEL)) {
      close("an unexpected data channel");
      return;
    }
    use(remote);
  }

  private void use(RTCDataChannel created) {
    DataChannel data = new DataChannel(created, this);
    channel = Optional.of(data);
    data.begin();
  }

  /** Whether that channel is this connection's still: late callbacks of a closed one are void. */
  boolean holds(DataChannel candidate) {
    return channel.isPresent() && channel.get() == candidate;
  }

  boolean isFull() {
    return channel.isPresent() && channel.get().isFull();
  }

  void pump() {
    channel.ifPresent(DataChannel::pump);
  }

  /** In the one order that neither leaks nor crashes: observer, channel, connection, dispose. */
  void close(String reason) {
    if (closed) {
      return;
    }
    closed = true;
    channel.ifPresent(DataChannel::close);
    connection.ifPresent(RTCPeerConnection::close);
    channel.ifPresent(DataChannel::dispose);
    connection = Optional.empty();
    channel = Optional.empty();
    owner.forget(number);
    owner.notice(new ChildNotice.Closed(number, reason));
  }

  /** A description of this side was made: it is told before its candidates can appear. */
  private final class LocalDescription implements CreateSessionDescriptionObserver {
    @Override
    public void onSuccess(RTCSessionDescription made) {
      owner.later(Peer.this, () -> told(made));
    }

    @Override
    public void onFailure(String error) {
      owner.later(Peer.this, () -> close("no local description: " + error));
    }

    private void told(RTCSessionDescription made) {
      if (closed) {
        return;
      }
      owner.notice(new ChildNotice.Described(number, made.sdp));
      connection.ifPresent(
          found ->
              found.setLocalDescription(
                  made, new Done(Peer.this, "the local description", () -> {})));
    }
  }
}
