package gyre.wire.vector;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import gyre.wire.AppId;
import gyre.wire.Bytes;
import gyre.wire.Digest;
import gyre.wire.HeaderField;
import gyre.wire.KeyId;
import gyre.wire.PeerId;
import gyre.wire.PeerKind;
import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;

/** A record as the JSON of a vector; the README of the vectors says how. */
final class Description {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private Description() {}

  /** A message: an object whose {@code type} is the record's name in lower case. */
  static ObjectNode ofMessage(Record message) {
    ObjectNode object = JSON.objectNode();
    object.put("type", message.getClass().getSimpleName().toLowerCase(Locale.ROOT));
    object.setAll(ofFields(message));
    return object;
  }

  static ObjectNode ofFields(Record part) {
    ObjectNode object = JSON.objectNode();
    for (RecordComponent component : part.getClass().getRecordComponents()) {
      object.set(nameOf(component), ofValue(valueOf(component, part)));
    }
    return object;
  }

  static JsonNode ofValue(Object value) {
    return switch (value) {
      case Bytes bytes -> TextNode.valueOf(hex(bytes));
      case Digest digest -> TextNode.valueOf(digest.toString());
      case PeerId peer -> TextNode.valueOf(peer.text());
      case AppId app -> TextNode.valueOf(app.toString());
      case KeyId key -> TextNode.valueOf(key.toString());
      case Instant instant -> LongNode.valueOf(instant.toEpochMilli());
      case Duration duration -> LongNode.valueOf(duration.toMillis());
      case PeerKind kind -> LongNode.valueOf(kind.code());
      case Enum<?> code -> TextNode.valueOf(code.name().toLowerCase(Locale.ROOT).replace('_', '-'));
      case HeaderField(String name, String text) -> JSON.arrayNode().add(name).add(text);
      case List<?> list -> ofList(list);
      case Boolean flag -> BooleanNode.valueOf(flag);
      case Number number -> LongNode.valueOf(number.longValue());
      case String text -> TextNode.valueOf(text);
      case Record part -> ofFields(part);
      default -> throw new IllegalArgumentException("no description of " + value.getClass());
    };
  }

  static String hex(Bytes bytes) {
    return java.util.HexFormat.of().formatHex(bytes.toArray());
  }

  private static ArrayNode ofList(List<?> list) {
    ArrayNode array = JSON.arrayNode();
    list.forEach(each -> array.add(ofValue(each)));
    return array;
  }

  private static String nameOf(RecordComponent component) {
    String name = component.getName().replace("Millis", "Ms");
    boolean isTime = component.getType() == Instant.class || component.getType() == Duration.class;
    return isTime ? name + "Ms" : name;
  }

  private static Object valueOf(RecordComponent component, Record part) {
    try {
      return component.getAccessor().invoke(part);
    } catch (ReflectiveOperationException broken) {
      throw new LinkageError("a record without its accessor", broken);
    }
  }
}
