package gyre.proxy.channel.child;

import dev.onvoid.webrtc.PeerConnectionObserver;
import dev.onvoid.webrtc.RTCDataChannel;
import dev.onvoid.webrtc.RTCIceCandidate;
import dev.onvoid.webrtc.RTCPeerConnectionState;
import gyre.proxy.channel.ChildNotice;

/**
 * What libwebrtc's signalling thread calls about one connection: copies, enqueues and returns, for
 * whatever blocks or throws here stops or aborts the process.
 */
record ConnectionCallbacks(Peer peer, int number, Owner owner) implements PeerConnectionObserver {

  @Override
  public void onIceCandidate(RTCIceCandidate candidate) {
    owner.later(
        peer,
        () ->
            owner.notice(
                new ChildNotice.Candidate(
                    number, candidate.sdp, candidate.sdpMid, candidate.sdpMLineIndex)));
  }

  @Override
  public void onConnectionChange(RTCPeerConnectionState state) {
    if (state == RTCPeerConnectionState.FAILED || state == RTCPeerConnectionState.CLOSED) {
      owner.later(
          peer,
          () ->
              peer.close(
                  "the connection "
                      + (state == RTCPeerConnectionState.FAILED ? "failed" : "closed")));
    }
  }

  @Override
  public void onDataChannel(RTCDataChannel channel) {
    owner.later(peer, () -> peer.accept(channel));
  }
}
