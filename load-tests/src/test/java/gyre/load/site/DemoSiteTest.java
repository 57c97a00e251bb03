package gyre.load.site;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DemoSiteTest {
  private static final String PICTURE = "/pictures/rivers-01.jpg";

  private final HttpClient client = HttpClient.newHttpClient();
  private DemoSite site;

  @BeforeEach
  void start() throws IOException {
    site = DemoSite.start();
  }

  @AfterEach
  void stop() {
    site.close();
    client.close();
  }

  @Test
  void aPictureIsCacheableAndItsBytesAreCounted() throws Exception {
    HttpResponse<byte[]> response = get(PICTURE);
    assertEquals(200, response.statusCode());
    assertEquals("image/jpeg", header(response, "content-type"));
    assertEquals("public, max-age=3600", header(response, "cache-control"));
    assertEquals(response.body().length, site.bytesOf(PICTURE));
    assertEquals(response.body().length, site.bytesBelow("/pictures/"));
    assertEquals(1, site.requestsOf(PICTURE));
  }

  @Test
  void aMatchingEtagIsAnsweredWithoutABody() throws Exception {
    String etag = header(get(PICTURE), "etag");
    assertEquals(304, get(PICTURE, "If-None-Match", etag).statusCode());
    assertEquals(200, get(PICTURE, "If-None-Match", "\"other\"").statusCode());
  }

  @ParameterizedTest
  @CsvSource({"bytes=0-99, 0, 100", "bytes=65536-131071, 65536, 131072", "bytes=100-100, 100, 101"})
  void aRangeIsAPartOfTheWhole(String range, int from, int to) throws Exception {
    byte[] whole = get(PICTURE).body();
    HttpResponse<byte[]> response = get(PICTURE, "Range", range);
    assertEquals(206, response.statusCode());
    assertArrayEquals(Arrays.copyOfRange(whole, from, to), response.body());
  }

  @Test
  void aRangeOfAnotherVersionIsAnsweredWithTheWhole() throws Exception {
    assertEquals(200, get(PICTURE, "Range", "bytes=0-9", "If-Range", "\"old\"").statusCode());
    assertEquals(416, get(PICTURE, "Range", "bytes=99999999-").statusCode());
  }

  @Test
  void theChangingPictureChangesWhenTold() throws Exception {
    byte[] before = get("/odd/changing.png").body();
    assertArrayEquals(before, get("/odd/changing.png").body());
    site.change();
    assertFalse(Arrays.equals(before, get("/odd/changing.png").body()));
  }

  @Test
  void oddPicturesSayHowFarTheyMayTravel() throws Exception {
    assertTrue(header(get("/odd/private.png"), "cache-control").startsWith("private"));
    assertEquals("no-store", header(get("/odd/no-store.png"), "cache-control"));
    assertEquals("Cookie", header(get("/odd/vary-cookie.png"), "vary"));
    assertTrue(header(get("/odd/set-cookie.png"), "set-cookie").startsWith("session="));
    assertEquals(401, get("/odd/authorized.png").statusCode());
    assertEquals(200, get("/odd/authorized.png", "Authorization", "Basic eA==").statusCode());
  }

  @Test
  void whatIsNotThereIsNotFound() throws Exception {
    assertEquals(404, get("/nothing.html").statusCode());
    assertEquals(404, get("/../../etc/passwd").statusCode());
    assertEquals(404, get("/pictures").statusCode());
  }

  private HttpResponse<byte[]> get(String path, String... headers) throws Exception {
    HttpRequest.Builder request = HttpRequest.newBuilder(site.address().resolve(path));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
  }

  private static String header(HttpResponse<?> response, String name) {
    return response.headers().firstValue(name).orElse("");
  }
}
