package gyre.proxy.coding;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gyre.operations.config.CompressionConfig;
import gyre.proxy.message.Headers;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CompressibleTest {
  private static final Compressible DEFAULT = new Compressible(CompressionConfig.DEFAULT);

  @ParameterizedTest(name = "{0} -> {1}")
  @CsvSource({
    "text/html, true",
    "text/html; charset=utf-8, true",
    "TEXT/CSS, true",
    "application/javascript, true",
    "application/json, true",
    "application/ld+json, true",
    "image/svg+xml, true",
    "application/wasm, true",
    "font/ttf, true",
    "font/woff2, false",
    "text/event-stream, false",
    "text/event-stream;charset=utf-8, false",
    "image/png, false",
    "video/mp4, false",
    "application/zip, false",
    "application/octet-stream, false",
    "application/grpc, false",
    "text, false",
    "+json, false",
  })
  void whichTypesShrink(String type, boolean shrinks) {
    assertEquals(shrinks, includes(200, Headers.of("content-type", type), 5000));
  }

  @ParameterizedTest
  @ValueSource(ints = {204, 206, 301, 404, 500})
  void onlyA200IsCoded(int status) {
    assertFalse(includes(status, Headers.of("content-type", "text/css"), 5000));
  }

  @Test
  void whatIsSmallStaysAsItIs() {
    Headers text = Headers.of("content-type", "text/css");
    assertFalse(includes(200, text, 1023));
    assertTrue(includes(200, text, 1024));
    assertTrue(DEFAULT.includes(200, text, OptionalLong.empty()), "not known yet");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "content-encoding: gzip",
        "content-encoding: identity",
        "content-range: bytes 0-1/2",
        "repr-digest: sha-256=:AA==:",
        "content-digest: sha-256=:AA==:",
        "digest: sha-256=AA==",
        "cache-control: public, No-Transform",
      })
  void whatMustArriveAsItWasSentStaysAsItIs(String line) {
    String[] field = line.split(": ", 2);
    assertFalse(includes(200, Headers.of("content-type", "text/css", field[0], field[1]), 5000));
  }

  @Test
  void theOperatorSaysWhichTypesAndWhether() {
    Headers csv = Headers.of("content-type", "text/csv");
    Headers json = Headers.of("content-type", "application/x+json");
    OptionalLong size = OptionalLong.of(10);
    Compressible some =
        new Compressible(new CompressionConfig(true, List.of("text/csv", "*+json"), 10));
    assertTrue(some.includes(200, csv, size));
    assertTrue(some.includes(200, json, size));
    assertFalse(some.includes(200, Headers.of("content-type", "text/css"), size));
    assertFalse(
        new Compressible(new CompressionConfig(false, List.of("text/csv"), 10))
            .includes(200, csv, size));
  }

  private static boolean includes(int status, Headers headers, long size) {
    return DEFAULT.includes(status, headers, OptionalLong.of(size));
  }
}
