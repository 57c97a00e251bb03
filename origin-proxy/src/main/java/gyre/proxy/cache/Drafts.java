package gyre.proxy.cache;

import java.util.Optional;
import java.util.OptionalLong;

/** Where content is written piece by piece while it arrives. Any thread; never waits. */
public interface Drafts {
  /** A store that takes whole content only. */
  Drafts NONE =
      new Drafts() {
        @Override
        public Optional<Draft> begin(OptionalLong size) {
          return Optional.empty();
        }

        @Override
        public long largest() {
          return 0;
        }
      };

  /** {@code size}: of all of it, where that is known. Empty where there is no room for it now. */
  Optional<Draft> begin(OptionalLong size);

  /** The largest content that may come of one, in bytes; zero where there are none. */
  long largest();
}
