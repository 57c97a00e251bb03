package gyre.proxy.fetch;

import gyre.wire.Bytes;
import gyre.wire.Digest;
import gyre.wire.key.SigningKey;
import gyre.wire.key.VerifyingKey;
import gyre.wire.manifest.ChunkList;
import gyre.wire.manifest.Manifest;
import gyre.wire.manifest.ManifestSigner;
import gyre.wire.manifest.SignedManifest;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** Signs with a key of its own and remembers; for tests. */
public class MemoryPublication implements Publication {
  private final SigningKey key = SigningKey.generate();
  private final InstantSource clock;
  private final Map<String, SignedManifest> manifests = new ConcurrentHashMap<>();
  private final Map<Digest, ChunkList> lists = new ConcurrentHashMap<>();
  public final List<String> pages = new CopyOnWriteArrayList<>();
  public final List<Representation> signed = new CopyOnWriteArrayList<>();

  public MemoryPublication(InstantSource clock) {
    this.clock = clock;
  }

  @Override
  public Optional<SignedManifest> fresh(String site, String resource) {
    return Optional.ofNullable(manifests.get(site + resource));
  }

  @Override
  public Optional<Instant> freshUntil(String site, String resource) {
    return signed.stream()
        .filter(each -> each.resource().equals(resource))
        .map(Representation::freshUntil)
        .reduce((_, last) -> last);
  }

  @Override
  public Optional<SignedManifest> byDigest(String site, Digest digest) {
    return manifests.values().stream()
        .filter(m -> m.manifest().site().equals(site) && m.manifest().digest().equals(digest))
        .findFirst();
  }

  @Override
  public Optional<ChunkList> chunks(String site, Digest digest) {
    return Optional.ofNullable(lists.get(digest));
  }

  @Override
  public Optional<SignedManifest> sign(String site, Representation content) {
    ChunkList chunks = content.chunks();
    Manifest manifest =
        new Manifest(
            site,
            content.resource(),
            content.status(),
            content.headers(),
            chunks.size(),
            chunks.digest(),
            chunks.isInline() ? chunks.hashes() : Bytes.EMPTY,
            clock.instant(),
            Duration.ofMinutes(1),
            1,
            key.verifyingKey().id());
    SignedManifest result = new ManifestSigner(key).sign(manifest);
    manifests.put(site + content.resource(), result);
    lists.put(chunks.digest(), chunks);
    signed.add(content);
    return Optional.of(result);
  }

  @Override
  public void pageResource(String site, String page, String resource) {
    pages.add(page + " > " + resource);
  }

  @Override
  public void withdraw(String site, List<String> resources) {
    new ArrayList<>(resources).forEach(resource -> manifests.remove(site + resource));
  }

  @Override
  public List<VerifyingKey> keys(String site) {
    return List.of(key.verifyingKey());
  }
}
