package gyre.signalling.directory;

import gyre.wire.Bytes;
import gyre.wire.ClientMessage;
import gyre.wire.PageResources;
import gyre.wire.PeerId;
import java.util.List;

/** What an admitted peer did. A command of a peer that is not here (any more) changes nothing. */
public sealed interface Command {

  /** A peer was admitted. {@code resume} is empty, or what an earlier welcome gave it. */
  record Join(Newcomer newcomer, Bytes resume, String page) implements Command {}

  /** A peer's connection ended; what it held is remembered for a while. */
  record Leave(PeerId peer) implements Command {}

  /** A client-side navigation. */
  record Turn(PeerId peer, String page) implements Command {}

  record Announce(PeerId peer, ClientMessage.Announce change) implements Command {}

  record Locate(PeerId peer, ClientMessage.Locate question) implements Command {}

  /** A proxy published; the manifests are those of its own site. */
  record Publish(PeerId peer, List<Published> manifests, List<PageResources> pages)
      implements Command {
    public Publish {
      manifests = List.copyOf(manifests);
      pages = List.copyOf(pages);
    }
  }

  record Withdraw(PeerId peer, ClientMessage.Withdraw withdrawal) implements Command {}

  record Report(PeerId peer, ClientMessage.Report report) implements Command {}

  /** Time passed: drop what expired. */
  record Tick() implements Command {}
}
