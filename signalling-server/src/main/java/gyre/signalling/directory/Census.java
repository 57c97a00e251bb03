package gyre.signalling.directory;

import gyre.wire.AppId;
import gyre.wire.PeerId;
import gyre.wire.PeerKind;
import java.util.List;

/** What there is, site by site, for the operator's eyes. */
public record Census(List<Site> sites) {
  public Census {
    sites = List.copyOf(sites);
  }

  /**
   * {@code present} are some of the peers, up to a bound; {@code received} are bytes and {@code
   * badChunks} chunks that readers reported, ever.
   */
  public record Site(
      String id,
      Peers peers,
      List<Present> present,
      int digests,
      int holdings,
      int manifests,
      int pages,
      long received,
      long badChunks,
      List<App> apps,
      List<Transfer> transfers) {
    public Site {
      present = List.copyOf(present);
      apps = List.copyOf(apps);
      transfers = List.copyOf(transfers);
    }
  }

  public record Peers(int visitors, int workers, int proxies) {}

  public record Present(PeerId id, PeerKind kind, int digests, int apps) {}

  public record App(AppId app, List<PeerId> runners) {
    public App {
      runners = List.copyOf(runners);
    }
  }

  /** A report of the recent past, newest first: {@code to} got so many bytes from {@code from}. */
  public record Transfer(PeerId from, PeerId to, long bytes, long badChunks, long ageMillis) {}
}
