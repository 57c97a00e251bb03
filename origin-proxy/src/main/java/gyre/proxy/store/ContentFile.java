package gyre.proxy.store;

import static java.nio.charset.StandardCharsets.US_ASCII;

import gyre.proxy.cache.Representation;
import gyre.wire.Bytes;
import gyre.wire.Digest;
import gyre.wire.Limits;
import gyre.wire.manifest.ChunkList;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/**
 * A representation in a file that is open for reading: the chunks, the SHA-256 of every chunk, the
 * size as 64 bits, 8 bytes that tell the format; so that chunks can be written before their number
 * is known. Nothing leaves it that does not match the digest by which it was opened. Calls block
 * the thread; several threads may read.
 */
final class ContentFile implements AutoCloseable {
  private static final byte[] FORMAT = "gyre c2\n".getBytes(US_ASCII);
  private static final int TAIL = Long.BYTES + FORMAT.length;
  static final FileAttribute<?> MODE =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

  private final FileChannel file;
  private final ChunkList chunks;

  private ContentFile(FileChannel file, ChunkList chunks) {
    this.file = file;
    this.chunks = chunks;
  }

  /** Makes the file, which must not exist, with mode 600. */
  static void write(Path path, Representation content) throws IOException {
    ChunkList chunks = content.chunks();
    Set<StandardOpenOption> options =
        Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    try (FileChannel file = FileChannel.open(path, options, MODE)) {
      for (int i = 0; i < chunks.count(); i++) {
        write(file, (long) i * Limits.CHUNK, content.chunk(i));
      }
      writeTail(file, chunks);
    }
  }

  /** What makes a file of content out of the chunks that were written to it. */
  static void writeTail(FileChannel file, ChunkList chunks) throws IOException {
    ByteBuffer tail = ByteBuffer.allocate(chunks.hashes().length() + TAIL);
    tail.put(chunks.hashes().buffer()).putLong(chunks.size()).put(FORMAT).flip();
    write(file, chunks.size(), tail);
  }

  static void write(FileChannel file, long at, ByteBuffer bytes) throws IOException {
    for (long next = at; bytes.hasRemaining(); ) {
      next += file.write(bytes, next);
    }
  }

  /** An IOException where it cannot be read, or is not what the digest names. */
  static ContentFile open(Path path, Digest digest) throws IOException {
    FileChannel file = FileChannel.open(path, StandardOpenOption.READ);
    boolean ready = false;
    try {
      ContentFile content = new ContentFile(file, chunks(file));
      if (!content.chunks.digest().equals(digest)) {
        throw new IOException("its chunk list is not the one of its name");
      }
      ready = true;
      return content;
    } finally {
      if (!ready) {
        file.close();
      }
    }
  }

  private static ChunkList chunks(FileChannel file) throws IOException {
    long length = file.size();
    if (length < TAIL) {
      throw new EOFException("it ends after " + length + " bytes");
    }
    ByteBuffer tail = read(file, length - TAIL, TAIL);
    long size = tail.getLong();
    byte[] format = new byte[FORMAT.length];
    tail.get(format);
    if (!Bytes.owning(format).equals(Bytes.owning(FORMAT))) {
      throw new IOException("it has another format");
    }
    if (size != size(length)) {
      throw new IOException("its length does not fit its size of " + size);
    }
    byte[] hashes = new byte[ChunkList.count(size) * Digest.LENGTH];
    read(file, size, hashes.length).get(hashes);
    return new ChunkList(size, Bytes.owning(hashes));
  }

  /** The bytes of content in a file of this length; negative where no content makes this length. */
  static long size(long length) {
    long body = length - TAIL;
    long each = Limits.CHUNK + Digest.LENGTH;
    long count = (body + each - 1) / each;
    long size = body - count * Digest.LENGTH;
    boolean fits = body >= 0 && size >= 0 && size <= ChunkList.LARGEST;
    return fits && ChunkList.count(size) == count ? size : -1;
  }

  /** The bytes of a file with this much content. */
  static long length(long size) {
    return TAIL + (long) ChunkList.count(size) * Digest.LENGTH + size;
  }

  ChunkList chunks() {
    return chunks;
  }

  /** One chunk, checked. */
  ByteBuffer chunk(int index) throws IOException {
    ByteBuffer chunk = read(file, (long) index * Limits.CHUNK, chunks.length(index));
    if (!chunks.matches(index, chunk)) {
      throw new IOException("chunk " + index + " is not what was written");
    }
    return chunk.asReadOnlyBuffer();
  }

  static ByteBuffer read(FileChannel file, long at, int length) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(length);
    while (bytes.hasRemaining()) {
      if (file.read(bytes, at + bytes.position()) < 0) {
        throw new EOFException("it ends after " + (at + bytes.position()) + " bytes");
      }
    }
    return bytes.flip();
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
