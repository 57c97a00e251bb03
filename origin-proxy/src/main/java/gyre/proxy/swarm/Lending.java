package gyre.proxy.swarm;

import gyre.proxy.exchange.ExchangeEvent;
import gyre.proxy.fetch.Holdings;
import gyre.proxy.fetch.Publication;
import gyre.wire.Digest;
import gyre.wire.HeaderField;
import gyre.wire.Limits;
import gyre.wire.manifest.ChunkList;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What this proxy answers to another one: chunks that its cache holds, and chunk lists;
 * PROTOCOL.md, section 5. 504 (RFC 9111, 5.2.1.7): it does not hold that.
 */
final class Lending implements PeerChannel.Service {
  private static final String CHUNKS = "/.gyre/chunks/";
  private static final String CONTENT = "/.gyre/c/";
  private static final Pattern RANGE = Pattern.compile("bytes=(\\d{1,12})-(\\d{1,12})");
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final String site;
  private final Holdings holdings;
  private final Publication publication;
  private final Scores scores;

  Lending(String site, Holdings holdings, Publication publication, Scores scores) {
    this.scores = scores;
    this.site = site;
    this.holdings = holdings;
    this.publication = publication;
  }

  @Override
  public void serve(ServedExchange exchange, ExchangeEvent.Requested request)
      throws PeerException, InterruptedException {
    String target = request.target();
    Optional<Digest> content = digest(target, CONTENT);
    Optional<Digest> list = digest(target, CHUNKS);
    if (!request.method().equals("GET")) {
      answer(exchange, 404);
    } else if (content.isPresent()) {
      content(exchange, content.get(), request.headers());
    } else if (list.isPresent()) {
      list(exchange, list.get());
    } else {
      answer(exchange, 404);
    }
  }

  private void content(ServedExchange exchange, Digest digest, List<HeaderField> headers)
      throws PeerException, InterruptedException {
    OptionalLong size = holdings.size(site, digest);
    Optional<String> range =
        headers.stream().filter(h -> h.name().equals("range")).map(HeaderField::value).findFirst();
    if (size.isEmpty()) {
      answer(exchange, 504);
      return;
    }
    int count = ChunkList.count(size.getAsLong());
    if (range.isEmpty()) {
      exchange.respond(200, List.of());
      chunks(exchange, digest, 0, count);
      return;
    }
    Matcher matcher = RANGE.matcher(range.get());
    long last = size.getAsLong() - 1;
    if (!matcher.matches()) {
      answer(exchange, 416);
      return;
    }
    long from = Long.parseLong(matcher.group(1));
    long to = Math.min(last, Long.parseLong(matcher.group(2)));
    boolean onBorders =
        from <= to && from % Limits.CHUNK == 0 && (to == last || (to + 1) % Limits.CHUNK == 0);
    if (!onBorders) {
      answer(exchange, 416);
      return;
    }
    String contentRange = String.format(Locale.ROOT, "bytes %d-%d/%d", from, to, last + 1);
    exchange.respond(206, List.of(new HeaderField("content-range", contentRange)));
    chunks(exchange, digest, (int) (from / Limits.CHUNK), (int) (to / Limits.CHUNK) + 1);
  }

  private void chunks(ServedExchange exchange, Digest digest, int from, int to)
      throws PeerException, InterruptedException {
    for (int i = from; i < to; i++) {
      ByteBuffer chunk =
          holdings
              .chunk(site, digest, i)
              .orElseThrow(() -> new PeerException("evicted while it was served"));
      int length = chunk.remaining();
      exchange.write(chunk, Deadline.in(PATIENCE));
      scores.served(exchange.peer(), length);
    }
    exchange.end();
  }

  private void list(ServedExchange exchange, Digest digest)
      throws PeerException, InterruptedException {
    Optional<ChunkList> chunks = publication.chunks(site, digest);
    if (chunks.isEmpty()) {
      answer(exchange, 504);
      return;
    }
    exchange.respond(200, List.of());
    exchange.write(chunks.get().hashes().buffer(), Deadline.in(PATIENCE));
    exchange.end();
  }

  private static void answer(ServedExchange exchange, int status) {
    exchange.respond(status, List.of());
    exchange.end();
  }

  private static Optional<Digest> digest(String target, String prefix) {
    try {
      return target.startsWith(prefix)
          ? Optional.of(Digest.parse(target.substring(prefix.length())))
          : Optional.empty();
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }
}
