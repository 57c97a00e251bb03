package gyre.proxy.channel.child;

import dev.onvoid.webrtc.SetSessionDescriptionObserver;

/** A description was set or refused: the native callback only enqueues what follows. */
record Done(Peer peer, String what, Runnable next) implements SetSessionDescriptionObserver {
  @Override
  public void onSuccess() {
    peer.owner().later(peer, next);
  }

  @Override
  public void onFailure(String error) {
    peer.owner().later(peer, () -> peer.close(what + " was refused: " + error));
  }
}
