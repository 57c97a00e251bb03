package gyre.proxy.fetch;

import gyre.wire.Digest;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.OptionalLong;

/** The representations whose bytes this proxy holds whole, as it lends them to other proxies. */
public interface Holdings {
  Holdings NONE =
      new Holdings() {
        @Override
        public OptionalLong size(String site, Digest digest) {
          return OptionalLong.empty();
        }

        @Override
        public Optional<ByteBuffer> chunk(String site, Digest digest, int index) {
          return Optional.empty();
        }
      };

  /**
   * The size in bytes of a representation that is held whole; empty where it is not. This and
   * {@link #chunk} may wait for a disk.
   */
  OptionalLong size(String site, Digest digest);

  /** The identity bytes of one chunk; empty where it was evicted meanwhile, or cannot be read. */
  Optional<ByteBuffer> chunk(String site, Digest digest, int index);
}
