package gyre.proxy.route;

import gyre.operations.config.SiteConfig;
import gyre.proxy.message.Patience;

/** The way of a request. */
public sealed interface Route {

  /** Refused with this status, for this reason. */
  record Reject(int status, String reason) implements Route {}

  /** One of Gyre's own resources: the client's scripts, everything below {@code /.gyre/}. */
  record Own(SiteConfig site) implements Route {}

  /** An app's handler answers. */
  record App(SiteConfig site, String name) implements Route {}

  /** To the upstream and back, past the cache. */
  record Pass(SiteConfig site, Why why, Patience patience) implements Route {
    public Pass(SiteConfig site, Why why) {
      this(site, why, Patience.USUAL);
    }
  }

  /**
   * Through the cache; {@code peers}: the answer may also travel between peers; {@code cookies}:
   * those that an answer sets are everybody's.
   */
  record Cacheable(SiteConfig site, boolean peers, boolean cookies, Patience patience)
      implements Route {
    public Cacheable(SiteConfig site, boolean peers) {
      this(site, peers, false, Patience.USUAL);
    }
  }

  /** Why a request passes the cache by, in the words of RFC 9211, 2.2. */
  enum Why {
    /** The configuration says so. */
    BYPASS,
    /** Its method. */
    METHOD,
    /** Its own headers. */
    REQUEST
  }
}
