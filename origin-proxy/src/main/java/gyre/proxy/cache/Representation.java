package gyre.proxy.cache;

import gyre.wire.manifest.ChunkList;
import java.io.IOException;
import java.nio.ByteBuffer;

/** The identity bytes of a whole representation, in chunks. Any thread. */
public interface Representation {
  ChunkList chunks();

  /** One chunk, ready to be read; its bytes never change. */
  ByteBuffer chunk(int index) throws IOException;

  default long size() {
    return chunks().size();
  }
}
