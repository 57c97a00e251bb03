package gyre.load.site;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The search app of the examples, with the gallery's captions in it. */
public final class SearchApp {
  private SearchApp() {}

  /** Puts its script into a folder, where gyre.yaml can name it. */
  public static Path writeInto(Path folder) {
    try (InputStream script =
        SearchApp.class.getResourceAsStream("/gyre/examples/apps/search.js")) {
      if (script == null) {
        throw new IllegalStateException("the search app is not on the class path");
      }
      Files.createDirectories(folder);
      return Files.write(folder.resolve("search.js"), script.readAllBytes());
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write the search app into " + folder, e);
    }
  }
}
