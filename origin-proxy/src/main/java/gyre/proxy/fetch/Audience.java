package gyre.proxy.fetch;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import gyre.proxy.message.Request;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Set;
import java.util.TreeSet;

/**
 * How many visitors asked for a resource, as far as it matters: what only one of them knows of is
 * not told to the others. Any thread; never blocks.
 *
 * <p>A visitor is a hash, with a salt that ends with this process, of what tells requests of
 * several people apart without following anybody: address, X-Forwarded-For and User-Agent. Who lies
 * in these counts for several, but only for resources that they know. At most 16 MiB are kept; of
 * what had to be forgotten the count begins again.
 */
final class Audience {
  private static final long BYTES = 16 << 20;
  private static final int ENTRY = 96;
  private static final int VISITOR = 64;

  private final byte[] salt = new byte[16];
  private final Cache<String, Set<Long>> visitors =
      Caffeine.newBuilder()
          .maximumWeight(BYTES)
          .weigher(Audience::weight)
          .executor(Runnable::run)
          .build();

  Audience() {
    new SecureRandom().nextBytes(salt);
  }

  private static int weight(String resource, Set<Long> known) {
    return ENTRY + resource.length() + VISITOR * known.size();
  }

  /** Whether so many visitors have asked for it, this one counted. */
  boolean isEnough(Request request, int enough) {
    if (enough <= 1) {
      return true;
    }
    String resource = request.resource();
    Set<Long> known = visitors.getIfPresent(resource);
    if (known == null || known.size() < enough) {
      known = visitors.asMap().merge(resource, Set.of(visitor(request)), Audience::union);
    }
    return known.size() >= enough;
  }

  private static Set<Long> union(Set<Long> known, Set<Long> more) {
    if (known.containsAll(more)) {
      return known;
    }
    Set<Long> all = new TreeSet<>(known);
    all.addAll(more);
    return Set.copyOf(all);
  }

  private long visitor(Request request) {
    try {
      MessageDigest hash = MessageDigest.getInstance("SHA-256");
      hash.update(salt);
      hash.update(request.client().getAddress());
      hash.update(request.headers().first("user-agent").orElse("").getBytes(UTF_8));
      return ByteBuffer.wrap(hash.digest()).getLong();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
