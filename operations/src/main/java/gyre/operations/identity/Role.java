package gyre.operations.identity;

/** Who has an identity key of its own. */
public enum Role {
  PROXY("proxy", "proxies"),
  WORKER("worker", "workers");

  private final String keyName;
  private final String trustFolder;

  Role(String keyName, String trustFolder) {
    this.keyName = keyName;
    this.trustFolder = trustFolder;
  }

  String keyName() {
    return keyName;
  }

  String trustFolder() {
    return trustFolder;
  }
}
