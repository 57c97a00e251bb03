package gyre.proxy.cache;

import gyre.wire.manifest.ChunkList;
import java.io.IOException;

/** Content that has arrived whole, and how it gets into a store. */
public sealed interface NewContent {
  void keep(ChunkStore store, StoredResponse response) throws IOException;

  /** It was collected. */
  record Collected(Representation content) implements NewContent {
    @Override
    public void keep(ChunkStore store, StoredResponse response) throws IOException {
      if (response.isWorthWriting()) {
        store.put(response.content(), content);
      } else {
        store.putBriefly(response.content(), content);
      }
    }
  }

  /** The store has written it down while it arrived. */
  record Drafted(Draft draft, ChunkList chunks) implements NewContent {
    @Override
    public void keep(ChunkStore store, StoredResponse response) throws IOException {
      draft.keep(response.content(), chunks);
    }
  }
}
