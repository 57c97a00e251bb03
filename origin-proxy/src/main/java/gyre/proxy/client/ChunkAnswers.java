package gyre.proxy.client;

import gyre.operations.config.SiteConfig;
import gyre.proxy.cache.ChunkStore;
import gyre.proxy.cache.ContentName;
import gyre.proxy.cache.Representation;
import gyre.proxy.cache.Selection;
import gyre.proxy.fetch.Publication;
import gyre.proxy.message.Body;
import gyre.proxy.message.Headers;
import gyre.proxy.message.Request;
import gyre.proxy.message.Response;
import gyre.wire.Bytes;
import gyre.wire.Digest;
import gyre.wire.HeaderField;
import gyre.wire.Limits;
import gyre.wire.PeerFrame;
import gyre.wire.codec.FrameCodec;
import gyre.wire.manifest.ChunkList;
import gyre.wire.manifest.SignedManifest;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Chunks and chunk lists by digest: only of what was signed for this site, and so may be known by
 * everybody. A digest that is not held is 504, as between peers (PROTOCOL.md, section 5).
 */
public final class ChunkAnswers {
  private static final String TYPE = "application/vnd.gyre.frames";
  private static final String FOR_EVER = "public, max-age=31536000, immutable";

  private final ChunkStore store;
  private final Publication publication;
  private final PackedChunks packed;

  public ChunkAnswers(ChunkStore store, Publication publication, PackedChunks packed) {
    this.store = store;
    this.publication = publication;
    this.packed = packed;
  }

  /** {@code /.gyre/chunks/<digest>}. */
  Response list(SiteConfig site, String text) {
    Optional<Digest> digest = digest(text);
    if (digest.isEmpty()) {
      return Response.text(400, "gyre: not a digest");
    }
    Optional<ChunkList> list = publication.chunks(site.id(), digest.get());
    if (list.isEmpty()) {
      return Response.text(504, "gyre: these chunks are not known here");
    }
    return new Response(
        200,
        Headers.of("content-type", "application/octet-stream", "cache-control", FOR_EVER),
        Body.of(list.get().hashes().toArray()));
  }

  /** {@code /.gyre/c/<digest>}: the frames of the chunks, packed where that pays. */
  Response frames(Request request, SiteConfig site, String text) {
    Optional<Digest> digest = digest(text);
    if (digest.isEmpty()) {
      return Response.text(400, "gyre: not a digest");
    }
    ContentName name = new ContentName(site.id(), digest.get());
    Optional<SignedManifest> manifest = publication.byDigest(site.id(), digest.get());
    Optional<Representation> content = store.find(name);
    if (manifest.isEmpty() || content.isEmpty()) {
      return Response.text(504, "gyre: this content is not held here");
    }
    boolean packs = isCompressible(manifest.get().manifest().headers());
    long size = content.get().size();
    Headers headers = Headers.of("content-type", TYPE, "cache-control", "no-store");
    return switch (Selection.of(request, 200, headers, OptionalLong.of(size))) {
      case Selection.Full full ->
          new Response(
              200,
              headers,
              new Frames(name, content.get(), packs, 0, content.get().chunks().count()));
      case Selection.Partial part when isOnBorders(part, size) ->
          new Response(
              206,
              headers.and("content-range", "bytes " + part.from() + "-" + part.to() + "/" + size),
              new Frames(
                  name,
                  content.get(),
                  packs,
                  (int) (part.from() / Limits.CHUNK),
                  (int) (part.to() / Limits.CHUNK) + 1));
      case Selection.Partial part ->
          Response.text(416, "gyre: a range that is not on chunk borders");
      case Selection.Several several -> Response.text(416, "gyre: several ranges at once");
      case Selection.Unsatisfiable none -> Response.text(416, "gyre: a range beyond the end");
      case Selection.NotModified same -> Response.text(412, "gyre: no conditions here");
    };
  }

  private static boolean isOnBorders(Selection.Partial part, long size) {
    return part.from() % Limits.CHUNK == 0
        && (part.to() == size - 1 || (part.to() + 1) % Limits.CHUNK == 0);
  }

  private static Optional<Digest> digest(String text) {
    try {
      return Optional.of(Digest.parse(text));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /** Text, and what is text in disguise. */
  static boolean isCompressible(List<HeaderField> headers) {
    String type = new Headers(headers).first("content-type").orElse("");
    String bare = type.split(";", 2)[0].strip();
    return bare.startsWith("text/")
        || bare.endsWith("+json")
        || bare.endsWith("+xml")
        || switch (bare) {
          case "application/json",
              "application/javascript",
              "application/xml",
              "application/wasm",
              "application/x-ndjson",
              "font/ttf",
              "font/otf",
              "image/bmp" ->
              true;
          default -> false;
        };
  }

  /** One frame per chunk, then the end. */
  private final class Frames implements Body {
    private final ContentName name;
    private final Representation content;
    private final boolean packs;
    private final int end;
    private int next;

    Frames(ContentName name, Representation content, boolean packs, int from, int end) {
      this.name = name;
      this.content = content;
      this.packs = packs;
      this.next = from;
      this.end = end;
    }

    @Override
    public Optional<ByteBuffer> next() throws IOException {
      if (next > end) {
        return Optional.empty();
      }
      PeerFrame frame = next == end ? new PeerFrame.End(0) : frame(next);
      next++;
      return Optional.of(ByteBuffer.wrap(FrameCodec.encode(frame)));
    }

    private PeerFrame frame(int chunk) throws IOException {
      try {
        Optional<Bytes> small = packs ? packed.frame(name, content, chunk) : Optional.empty();
        return small.isPresent()
            ? new PeerFrame.Packed(0, small.get())
            : new PeerFrame.Data(0, bytes(content.chunk(chunk)));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new InterruptedIOException("interrupted while packing");
      }
    }

    @Override
    public boolean isReady() {
      return false;
    }

    @Override
    public boolean announce(Runnable onReady) {
      return false;
    }

    @Override
    public OptionalLong length() {
      return OptionalLong.empty();
    }

    @Override
    public Headers trailers() {
      return Headers.EMPTY;
    }

    @Override
    public void close() {
      next = end + 1;
    }
  }

  private static Bytes bytes(ByteBuffer chunk) {
    byte[] bytes = new byte[chunk.remaining()];
    chunk.get(bytes);
    return Bytes.owning(bytes);
  }
}
