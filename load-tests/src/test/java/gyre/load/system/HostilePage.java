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

  /** {@code lie}: altered, forged or ignorant. It claims to hold these paths. */
  HostilePage(URI site, String lie, List<String> paths) {
    visitor = Visitor.arriveAt(site);
    visitor.driver().get(site.resolve("/odd/own-sw.js").toString());
    visitor.run(script());
    peerId =
        visitor
            .value("hostileVisitor.start(arguments[0], arguments[1])", lie, paths)
            .orElseThrow()
            .toString();
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
