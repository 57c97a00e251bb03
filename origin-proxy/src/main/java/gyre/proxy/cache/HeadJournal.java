package gyre.proxy.cache;

import java.io.IOException;
import java.util.List;

/**
 * Where the heads of stored responses are written down, so that the next process knows them. Told
 * of each key in the order of its changes, on any thread; calls but {@link #settle} and {@link
 * #sync} return at once.
 */
public interface HeadJournal {
  HeadJournal NONE =
      new HeadJournal() {
        @Override
        public void changed(String key, List<StoredResponse> variants) {}

        @Override
        public void emptied() {}

        @Override
        public void settle() {}

        @Override
        public void sync() {}
      };

  /** What is kept under this key from now on; nothing where there is none. */
  void changed(String key, List<StoredResponse> variants);

  /** Nothing is kept any more. */
  void emptied();

  /**
   * Waits, for ten seconds at most, until what was told so far outlives the process. An IOException
   * where it does not; it is tried again later.
   */
  void settle() throws IOException;

  /** As {@link #settle}, and outlives a loss of power, too. */
  void sync() throws IOException;
}
