package gyre.proxy.cache;

import java.util.List;

class MemoryChunkStoreTest extends ChunkStoreContract {
  @Override
  protected ChunkStore open(long capacity, List<ContentName> lost) {
    return new MemoryChunkStore(capacity, lost::add);
  }
}
