package gyre.proxy.fetch;

import gyre.wire.Digest;

/**
 * Who wants to know what this proxy begins and ceases to hold: the swarm announces it. Calls return
 * at once and come from any thread.
 */
public interface HoldingsListener {
  HoldingsListener NOBODY =
      new HoldingsListener() {
        @Override
        public void gained(String site, Digest digest) {}

        @Override
        public void lost(String site, Digest digest) {}
      };

  void gained(String site, Digest digest);

  void lost(String site, Digest digest);
}
