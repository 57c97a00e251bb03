package gyre.proxy;

import java.util.Optional;

/** The version of this jar. */
final class ProxyVersion {
  private ProxyVersion() {}

  static String text() {
    return Optional.ofNullable(ProxyVersion.class.getPackage().getImplementationVersion())
        .orElse("development");
  }
}
