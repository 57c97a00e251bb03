package gyre.proxy.swarm;

import gyre.proxy.fetch.PeerSource;
import gyre.proxy.fetch.Publication;
import gyre.proxy.message.Body;
import gyre.wire.Bytes;
import gyre.wire.Digest;
import gyre.wire.HeaderField;
import gyre.wire.PeerId;
import gyre.wire.Providers;
import gyre.wire.manifest.ChunkList;
import gyre.wire.manifest.Manifest;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Representations out of the swarm: located, fetched from up to three providers at once, verified
 * chunk by chunk. A provider that fails is followed by the next; one that lies is asked no more.
 */
final class ChunkSource implements PeerSource {
  private static final int PARALLEL = 3;
  private static final int TRIED = 8;
  private static final Duration LOCATE = Duration.ofSeconds(2);
  private static final Duration CONNECT = Duration.ofSeconds(5);

  private final Function<String, Optional<SiteSwarm>> swarms;
  private final Publication publication;
  private final Unpacker unpacker;

  ChunkSource(
      Function<String, Optional<SiteSwarm>> swarms, Publication publication, Unpacker unpacker) {
    this.swarms = swarms;
    this.publication = publication;
    this.unpacker = unpacker;
  }

  @Override
  public Outcome fetch(Manifest manifest, Duration patience) throws InterruptedException {
    Deadline deadline = Deadline.in(patience);
    Optional<SiteSwarm> swarm = swarms.apply(manifest.site());
    if (swarm.isEmpty()) {
      return new Outcome.NotFound("no swarm of " + manifest.site());
    }
    if (manifest.size() == 0) {
      return new Outcome.Found(Body.EMPTY);
    }
    List<PeerId> ranked = providers(swarm.get(), manifest, deadline);
    if (ranked.isEmpty()) {
      return new Outcome.NotFound("nobody holds " + manifest.digest());
    }
    Queue providers = new Queue(swarm.get(), ranked, deadline);
    Optional<ChunkList> chunks =
        manifest.chunks().or(() -> publication.chunks(manifest.site(), manifest.digest()));
    if (chunks.isEmpty()) {
      chunks = askForChunks(providers, manifest, deadline);
    }
    return chunks.isEmpty()
        ? new Outcome.NotFound("nobody knows the chunks of " + manifest.digest())
        : fetch(manifest, chunks.get(), providers, deadline);
  }

  private Outcome fetch(Manifest manifest, ChunkList chunks, Queue providers, Deadline deadline)
      throws InterruptedException {
    Stripes stripes = new Stripes(chunks);
    List<Thread> fetchers = new ArrayList<>();
    for (int i = 0; i < providers.parallel(); i++) {
      stripes.joined();
      fetchers.add(
          Thread.ofVirtual()
              .name("fetch-" + manifest.digest())
              .unstarted(
                  new Fetcher(
                      stripes, manifest.digest(), providers, providers.scores(), unpacker)));
    }
    PeerBody body = new PeerBody(stripes, () -> fetchers.forEach(Thread::interrupt));
    fetchers.forEach(Thread::start);
    boolean found = false;
    try {
      found = stripes.awaitNext(deadline);
      return found
          ? new Outcome.Found(body)
          : new Outcome.NotFound(
              deadline.hasPassed() ? "no peer was in time" : stripes.lastFailure());
    } finally {
      if (!found) {
        body.close();
      }
    }
  }

  private List<PeerId> providers(SiteSwarm swarm, Manifest manifest, Deadline deadline)
      throws InterruptedException {
    List<PeerId> located =
        swarm.locate(List.of(manifest.digest()), List.of(), deadline.atMost(LOCATE)).stream()
            .flatMap(answer -> answer.providers().stream())
            .filter(p -> p.digest().equals(manifest.digest()))
            .map(Providers::peers)
            .flatMap(List::stream)
            .distinct()
            .toList();
    List<PeerId> ranked =
        swarm.scores().ranked(located, peer -> swarm.peers().open(peer).isPresent());
    return ranked.stream().limit(TRIED).toList();
  }

  /** Asks the providers in turn for the list of chunks; the digest commits to it. */
  private Optional<ChunkList> askForChunks(Queue providers, Manifest manifest, Deadline deadline)
      throws InterruptedException {
    for (PeerId peer : providers.all()) {
      Optional<PeerChannel> channel = providers.connect(peer);
      if (channel.isPresent()) {
        try {
          Optional<ChunkList> list = chunksFrom(channel.get(), manifest, deadline);
          if (list.isPresent()) {
            return list;
          }
        } catch (LieException e) {
          providers.scores().lied(peer);
        } catch (PeerException e) {
          providers.scores().failed(peer);
        }
      }
    }
    return Optional.empty();
  }

  private Optional<ChunkList> chunksFrom(PeerChannel peer, Manifest manifest, Deadline deadline)
      throws PeerException, InterruptedException {
    Optional<Call> opened =
        peer.call("GET", "/.gyre/chunks/" + manifest.digest(), List.<HeaderField>of(), true);
    if (opened.isEmpty()) {
      return Optional.empty();
    }
    try (Call call = opened.get()) {
      if (call.head(deadline).status() != 200) {
        return Optional.empty();
      }
      ByteBuffer hashes = ByteBuffer.allocate(ChunkList.count(manifest.size()) * Digest.LENGTH);
      Optional<Piece> piece = call.next(deadline);
      while (piece.isPresent() && piece.get().bytes().length() <= hashes.remaining()) {
        hashes.put(piece.get().bytes().buffer());
        piece = call.next(deadline);
      }
      if (hashes.hasRemaining() || piece.isPresent()) {
        throw new LieException(peer.peer() + " sent a chunk list of the wrong length");
      }
      ChunkList list = new ChunkList(manifest.size(), Bytes.owning(hashes.array()));
      if (!list.digest().equals(manifest.digest())) {
        throw new LieException(peer.peer() + " sent a chunk list that is not what it should be");
      }
      return Optional.of(list);
    }
  }

  /** The ranked providers of one fetch, handed out one by one and connected on the way. */
  private static final class Queue implements Fetcher.Providers {
    private final SiteSwarm swarm;
    private final List<PeerId> ranked;
    private final ConcurrentLinkedQueue<PeerId> left;
    private final Deadline deadline;

    Queue(SiteSwarm swarm, List<PeerId> ranked, Deadline deadline) {
      this.swarm = swarm;
      this.ranked = ranked;
      this.left = new ConcurrentLinkedQueue<>(ranked);
      this.deadline = deadline;
    }

    Scores scores() {
      return swarm.scores();
    }

    List<PeerId> all() {
      return ranked;
    }

    @Override
    public int parallel() {
      return Math.min(PARALLEL, ranked.size());
    }

    @Override
    public Optional<PeerChannel> next() throws InterruptedException {
      PeerId peer = left.poll();
      while (peer != null) {
        Optional<PeerChannel> channel = connect(peer);
        if (channel.isPresent()) {
          return channel;
        }
        peer = left.poll();
      }
      return Optional.empty();
    }

    Optional<PeerChannel> connect(PeerId peer) throws InterruptedException {
      Duration wait = Stream.of(CONNECT, deadline.left()).min(Duration::compareTo).orElse(CONNECT);
      try {
        return Optional.of(
            swarm
                .peers()
                .connect(peer, Optional.empty())
                .get(wait.toMillis(), TimeUnit.MILLISECONDS));
      } catch (ExecutionException | TimeoutException e) {
        swarm.scores().failed(peer);
        return Optional.empty();
      }
    }
  }
}
