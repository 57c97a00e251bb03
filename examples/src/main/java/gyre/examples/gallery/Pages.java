package gyre.examples.gallery;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** The gallery's HTML: a landing page, one page per scene, and one for the film. */
final class Pages {
  private static final int COVERS = 2;

  private final List<Picture> pictures;

  Pages(List<Picture> pictures) {
    this.pictures = pictures;
  }

  String landing() {
    String covers =
        pictures.stream()
            .filter(picture -> picture.number() <= COVERS)
            .map(picture -> figure(picture, "data-peer-src"))
            .collect(Collectors.joining());
    return page(
        "The Gyre gallery",
        """
        <p>Thirty-six pictures of places that do not exist, lent by one visitor to the next.</p>
        <form id="search" action="/api/search">
          <input name="q" type="search" placeholder="river, dusk, granite…" aria-label="search the captions">
          <button>Search</button>
        </form>
        <ul id="hits"></ul>
        <main>%s</main>
        """
            .formatted(covers));
  }

  String gallery(Scene scene) {
    String source = scene.hasPeerElements() ? "data-peer-src" : "src";
    String figures =
        pictures.stream()
            .filter(picture -> picture.scene() == scene)
            .map(picture -> figure(picture, source))
            .collect(Collectors.joining());
    return page(
        scene.title(), "<p>%s</p>\n<main>%s</main>\n".formatted(scene.introduction(), figures));
  }

  String film() {
    return page(
        "The film",
        """
        <p>Ten megabytes in one piece:
        <a href="%1$s" data-peer-src="%1$s" download="film.bin">take it with you</a>.</p>
        """
            .formatted(Film.PATH));
  }

  private static String figure(Picture picture, String source) {
    return """

        <figure>
          <img %s="%s" width="%d" height="%d" alt="%s">
          <figcaption>%s</figcaption>
        </figure>"""
        .formatted(
            source,
            picture.path(),
            picture.width(),
            picture.height(),
            picture.title(),
            picture.text());
  }

  private static String page(String title, String content) {
    String links =
        Arrays.stream(Scene.values())
            .map(scene -> "<a href=\"/%s.html\">%s</a>".formatted(scene.slug(), scene.title()))
            .collect(Collectors.joining(" "));
    return """
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width">
        <title>%1$s</title>
        <link rel="stylesheet" href="/style.css">
        <link rel="icon" href="data:,">
        <script src="/.gyre/loader.js"></script>
        <script src="/peer-client.js" async></script>
        <script src="/gallery.js" defer></script>
        </head>
        <body>
        <nav><a href="/">Gallery</a> %2$s <a href="/film.html">Film</a></nav>
        <h1>%1$s</h1>
        %3$s</body>
        </html>
        """
        .formatted(title, links, content);
  }
}
