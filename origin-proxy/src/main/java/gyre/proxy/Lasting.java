package gyre.proxy;

import gyre.proxy.access.Traffic;
import gyre.proxy.app.Deployment;
import gyre.proxy.app.Deployments;
import gyre.proxy.app.ExecutorSource;
import gyre.proxy.cache.ChunkStore;
import gyre.proxy.cache.ResponseCache;
import gyre.proxy.certificate.PendingProofs;
import gyre.proxy.coding.Codings;
import gyre.proxy.fetch.Counters;
import gyre.proxy.fetch.OwnResources;
import gyre.proxy.fetch.RequestFlow;
import gyre.proxy.fetch.Sources;
import gyre.proxy.fetch.Via;
import gyre.proxy.publication.Publications;
import gyre.proxy.swarm.Swarm;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.InstantSource;
import java.util.Optional;

/** What of a proxy outlives its configuration: what it keeps, whom it knows, what it counts. */
record Lasting(
    SiteUpstreams.Common upstreams,
    Kept kept,
    Swarm swarm,
    ExecutorSource executor,
    Self self,
    Instruments instruments) {

  record Kept(ResponseCache cache, ChunkStore store, long largest, Publications publications) {}

  /** {@code proofs}: what authorities are shown, where certificates are asked for. */
  record Self(Via via, OwnResources own, Optional<PendingProofs> proofs) {}

  record Instruments(
      Counters counters, Traffic traffic, MeterRegistry metrics, InstantSource clock) {}

  Sources sources(SiteUpstreams upstreams, Deployments apps) {
    return new Sources(
        upstreams::of,
        swarm.peers(),
        swarm.workers(),
        executor,
        name -> apps.named(name).map(Deployment::id),
        self.via());
  }

  RequestFlow.Shelves shelves(Codings codings) {
    return new RequestFlow.Shelves(
        kept.cache(), kept.largest(), kept.publications(), swarm, codings, instruments.counters());
  }
}
