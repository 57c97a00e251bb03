package gyre.load.system;

import gyre.load.visitor.Visitor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A visitor whose page lies to others: peer-client-js/src/page/hostile-visitor.browser.ts in a real
 * Chromium.
 */
final class HostilePage implements AutoCloseable {
  private final Visitor visitor;
  private final String peerId;

  private HostilePage(Visitor visitor, String peerId) {
    this.visitor = visitor;
    this.peerId = peerId;
  }

  /** {@code lie}: altered, forged or ignorant. It claims to hold these paths. */
  static HostilePage at(URI site, String lie, List<String> paths) {
    Visitor visitor = Visitor.arriveAt(site);
    try {
      visitor.driver().get(site.resolve("/odd/own-sw.js").toString());
      visitor.run(script());
      return new HostilePage(
          visitor,
          visitor
              .value("hostileVisitor.start(arguments[0], arguments[1])", lie, paths)
              .orElseThrow()
              .toString());
    } catch (RuntimeException e) {
      visitor.close();
      throw e;
    }
  }

  private static String script() {
    Path file =
        Path.of(
            System.getProperty("gyre.root"),
            "peer-client-js/target/test-scripts/hostile-visitor.js");
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException("the hostile visitor is not built", e);
    }
  }

  String peerId() {
    return peerId;
  }

  int timesAsked() {
    return visitor
        .value("hostileVisitor.asked.length")
        .map(Number.class::cast)
        .orElse(0)
        .intValue();
  }

  void publishAgain() {
    visitor.run("hostileVisitor.publishAgain()");
  }

  boolean wasRefused(String code) {
    return visitor
        .value("hostileVisitor.refused.includes(arguments[0])", code)
        .filter(Boolean.TRUE::equals)
        .isPresent();
  }

  @Override
  public void close() {
    visitor.close();
  }
}
