package gyre.proxy.store;

import static java.nio.charset.StandardCharsets.UTF_8;

import gyre.proxy.cache.ContentName;
import gyre.proxy.cache.StoredResponse;
import gyre.proxy.cache.Variant;
import gyre.proxy.message.Headers;
import gyre.wire.Bytes;
import gyre.wire.Digest;
import gyre.wire.HeaderField;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The heads under one key as bytes: read by the same version of the format only. */
final class HeadCodec {
  /** Raised with each change of what is written. */
  static final int VERSION = 1;

  private static final int COUNT = 4_096;

  private HeadCodec() {}

  static byte[] encode(List<StoredResponse> variants) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(1_024);
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeInt(variants.size());
      for (StoredResponse stored : variants) {
        encode(stored, out);
      }
    } catch (IOException e) {
      throw new IllegalStateException("writing to memory failed", e);
    }
    return bytes.toByteArray();
  }

  private static void encode(StoredResponse stored, DataOutputStream out) throws IOException {
    out.writeInt(stored.status());
    out.writeInt(stored.headers().fields().size());
    for (HeaderField field : stored.headers().fields()) {
      text(field.name(), out);
      text(field.value(), out);
    }
    out.writeInt(stored.variant().selecting().size());
    for (Map.Entry<String, String> selecting : stored.variant().selecting().entrySet()) {
      text(selecting.getKey(), out);
      text(selecting.getValue(), out);
    }
    text(stored.content().site(), out);
    out.write(stored.content().digest().bytes().toArray());
    out.writeLong(stored.lifetime().toMillis());
    out.writeLong(stored.initialAge().toMillis());
    out.writeLong(stored.received().toEpochMilli());
  }

  private static void text(String text, DataOutputStream out) throws IOException {
    byte[] bytes = text.getBytes(UTF_8);
    out.writeInt(bytes.length);
    out.write(bytes);
  }

  /** An IOException where these are not such bytes. */
  static List<StoredResponse> decode(byte[] bytes) throws IOException {
    DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes));
    List<StoredResponse> variants = new ArrayList<>();
    try {
      for (int left = count(in); left > 0; left--) {
        variants.add(stored(in));
      }
    } catch (IllegalArgumentException e) {
      throw new IOException("not the head of a response: " + e.getMessage(), e);
    }
    if (in.available() > 0) {
      throw new IOException(in.available() + " bytes after the last head");
    }
    return variants;
  }

  private static StoredResponse stored(DataInputStream in) throws IOException {
    int status = in.readInt();
    List<HeaderField> fields = new ArrayList<>();
    for (int left = count(in); left > 0; left--) {
      fields.add(new HeaderField(text(in), text(in)));
    }
    Map<String, String> selecting = new HashMap<>();
    for (int left = count(in); left > 0; left--) {
      selecting.put(text(in), text(in));
    }
    ContentName content =
        new ContentName(
            text(in).intern(), new Digest(Bytes.owning(bytes(in, Digest.LENGTH)))); // few sites
    return StoredResponse.restored(
        status,
        new Headers(fields),
        new Variant(selecting),
        content,
        new StoredResponse.Times(
            Duration.ofMillis(in.readLong()),
            Duration.ofMillis(in.readLong()),
            Instant.ofEpochMilli(in.readLong())));
  }

  private static int count(DataInputStream in) throws IOException {
    int count = in.readInt();
    if (count < 0 || count > COUNT) {
      throw new IOException("a count of " + count);
    }
    return count;
  }

  private static String text(DataInputStream in) throws IOException {
    return new String(bytes(in, in.readInt()), UTF_8);
  }

  private static byte[] bytes(DataInputStream in, int length) throws IOException {
    if (length < 0 || length > in.available()) {
      throw new IOException("a length of " + length);
    }
    return in.readNBytes(length);
  }
}
