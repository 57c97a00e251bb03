package gyre.wire.vector;

import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.StreamSupport;

/** The files of wire-protocol/vectors. */
final class Vectors {
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(DeserializationFeature.USE_LONG_FOR_INTS);
  private static final Path FOLDER = Path.of("vectors");

  private Vectors() {}

  static List<JsonNode> read(String file) {
    try {
      JsonNode array = JSON.readTree(FOLDER.resolve(file).toFile());
      return StreamSupport.stream(array.spliterator(), false).toList();
    } catch (IOException broken) {
      throw new UncheckedIOException("cannot read vectors/" + file, broken);
    }
  }

  static void write(String file, ArrayNode vectors) {
    DefaultPrettyPrinter printer = new DefaultPrettyPrinter();
    printer.indentArraysWith(new DefaultIndenter("  ", "\n"));
    printer.indentObjectsWith(new DefaultIndenter("  ", "\n"));
    try {
      Files.writeString(
          FOLDER.resolve(file), JSON.writer(printer).writeValueAsString(vectors) + "\n");
    } catch (IOException broken) {
      throw new UncheckedIOException("cannot write vectors/" + file, broken);
    }
  }

  static ByteBuffer bytes(JsonNode vector) {
    return ByteBuffer.wrap(HexFormat.of().parseHex(vector.get("bytes").asText()));
  }

  static String name(JsonNode vector) {
    return vector.get("name").asText();
  }
}
