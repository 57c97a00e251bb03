package gyre.examples.gallery;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.ImageOutputStream;

/**
 * Paints the demo gallery at build time: {@code GalleryGenerator <module> <classes>} writes the
 * site below {@code gyre/examples/site} and the apps below {@code gyre/examples/apps} of the class
 * path. Does nothing where sources and output are those of the last run.
 */
public final class GalleryGenerator {
  private static final float JPEG_QUALITY = 0.93f;
  private static final String CAPTIONS_IMPORT = "import { captions } from \"./captions.js\";\n";

  private final Path module;
  private final Path site;
  private final Path apps;
  private final List<Picture> pictures = Catalogue.pictures();

  private GalleryGenerator(Path module, Path classes) {
    this.module = module;
    this.site = classes.resolve("gyre/examples/site");
    this.apps = classes.resolve("gyre/examples/apps");
  }

  public static void main(String[] arguments) throws IOException {
    Path classes = Path.of(arguments[1]);
    GalleryGenerator generator = new GalleryGenerator(Path.of(arguments[0]), classes);
    Path stamp = classes.resolve("gyre/examples/painted-from");
    String sources = generator.digestOfSources();
    if (Files.exists(stamp) && Files.readString(stamp).equals(sources)) {
      return;
    }
    generator.generate();
    Files.writeString(stamp, sources);
  }

  private void generate() throws IOException {
    Files.createDirectories(site.resolve("pictures"));
    Files.createDirectories(site.resolve("media"));
    Files.createDirectories(apps);
    pictures.parallelStream().forEach(this::paint);
    Film.write(below(Film.PATH));
    writePages();
    Files.writeString(below("/captions.json"), Captions.withStories(pictures));
    copyAssets();
    writeApps();
  }

  private void writePages() throws IOException {
    Pages pages = new Pages(pictures);
    Files.writeString(below("/index.html"), pages.landing());
    Files.writeString(below("/film.html"), pages.film());
    for (Scene scene : Scene.values()) {
      Files.writeString(below("/" + scene.slug() + ".html"), pages.gallery(scene));
    }
  }

  private void copyAssets() throws IOException {
    try (Stream<Path> assets = Files.list(module.resolve("site"))) {
      for (Path asset : assets.sorted().toList()) {
        Files.write(site.resolve(asset.getFileName().toString()), Files.readAllBytes(asset));
      }
    }
  }

  private void writeApps() throws IOException {
    String captions = "const captions = " + Captions.brief(pictures).strip() + ";\n";
    try (Stream<Path> scripts = Files.list(module.resolve("apps"))) {
      for (Path script : scripts.sorted().toList()) {
        String code = Files.readString(script).replace(CAPTIONS_IMPORT, captions);
        Files.writeString(apps.resolve(script.getFileName().toString()), code);
      }
    }
  }

  private void paint(Picture picture) {
    BufferedImage image = new Painter(picture).paint();
    try (OutputStream out = Files.newOutputStream(below(picture.path()));
        ImageOutputStream stream = ImageIO.createImageOutputStream(out)) {
      encode(image, picture.format(), stream);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write " + picture.path(), e);
    }
  }

  private static void encode(BufferedImage image, Picture.Format format, ImageOutputStream stream)
      throws IOException {
    ImageWriter writer = ImageIO.getImageWritersByFormatName(format.extension()).next();
    try {
      ImageWriteParam parameters = writer.getDefaultWriteParam();
      if (format == Picture.Format.JPG) {
        parameters.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
        parameters.setCompressionQuality(JPEG_QUALITY);
      }
      writer.setOutput(stream);
      writer.write(null, new IIOImage(image, null, null), parameters);
    } finally {
      writer.dispose();
    }
  }

  private Path below(String path) {
    return site.resolve(path.substring(1));
  }

  private String digestOfSources() throws IOException {
    MessageDigest digest = sha256();
    for (String folder : List.of("src/main/java", "site", "apps")) {
      try (Stream<Path> files = Files.walk(module.resolve(folder))) {
        for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
          digest.update(module.relativize(file).toString().getBytes(StandardCharsets.UTF_8));
          digest.update(Files.readAllBytes(file));
        }
      }
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
