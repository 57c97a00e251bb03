package gyre.examples.gallery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.Deflater;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;

class GalleryTest {
  private final List<Picture> pictures = Catalogue.pictures();

  @Test
  void everyPictureOpensAndHasTheSizeThatItsPageSays() throws IOException {
    for (Picture picture : pictures) {
      var image = ImageIO.read(new ByteArrayInputStream(site(picture.path())));
      assertNotNull(image, picture.path());
      assertEquals(picture.width(), image.getWidth(), picture.path());
      assertEquals(picture.height(), image.getHeight(), picture.path());
    }
  }

  @Test
  void theGalleryHasThirtyFilesAndTwentyMegabytesLikeARealOne() throws IOException {
    List<Integer> sizes = new ArrayList<>();
    for (Picture picture : pictures) {
      sizes.add(site(picture.path()).length);
    }
    sizes.add(site(Film.PATH).length);
    assertTrue(sizes.size() >= 30);
    long total = sizes.stream().mapToLong(Integer::longValue).sum();
    assertTrue(total > 18L << 20 && total < 26L << 20, "bytes in all: " + total);
    assertTrue(sizes.stream().allMatch(size -> size > 64 << 10), sizes.toString());
  }

  @Test
  void noTwoPicturesAreAlike() throws IOException {
    List<String> seen = new ArrayList<>();
    for (Picture picture : pictures) {
      seen.add(new String(site(picture.path()), StandardCharsets.ISO_8859_1));
    }
    assertEquals(pictures.size(), seen.stream().distinct().count());
    assertEquals(pictures.size(), pictures.stream().map(Picture::title).distinct().count());
  }

  @Test
  void theCaptionsAreLargerThanAChunkAndCompress() throws IOException {
    byte[] captions = site("/captions.json");
    assertTrue(captions.length > 65_536, "bytes: " + captions.length);
    assertTrue(deflated(captions) < captions.length / 4);
  }

  @Test
  void theSearchAppIsOneFileWithTheCaptionsInIt() throws IOException {
    String app = new String(resource("/gyre/examples/apps/search.js"), StandardCharsets.UTF_8);
    assertFalse(app.contains("import "));
    assertTrue(app.contains("/pictures/rivers-01.jpg"));
  }

  @Test
  void picturesOfAGalleryPageAreLeftToThePeerScriptAndOthersAreNot() throws IOException {
    assertTrue(
        page("/mountains.html").contains("<img data-peer-src=\"/pictures/mountains-01.jpg\""));
    assertTrue(page("/skies.html").contains("<img src=\"/pictures/skies-01.jpg\""));
    assertTrue(page("/index.html").contains("<script src=\"/peer-client.js\" async></script>"));
  }

  private static String page(String path) throws IOException {
    return new String(site(path), StandardCharsets.UTF_8);
  }

  private static byte[] site(String path) throws IOException {
    return resource("/gyre/examples/site" + path);
  }

  private static byte[] resource(String name) throws IOException {
    try (InputStream stream = GalleryTest.class.getResourceAsStream(name)) {
      assertNotNull(stream, name);
      return stream.readAllBytes();
    }
  }

  private static int deflated(byte[] bytes) {
    try (Deflater deflater = new Deflater()) {
      deflater.setInput(bytes);
      deflater.finish();
      return deflater.deflate(new byte[bytes.length]);
    }
  }
}
