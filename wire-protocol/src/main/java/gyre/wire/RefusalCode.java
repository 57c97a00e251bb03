package gyre.wire;

import java.util.Optional;

/** Why the signalling server refused; PROTOCOL.md, section 4. */
public enum RefusalCode {
  MALFORMED(1, true),
  VERSION(2, true),
  TOKEN(3, true),
  RIGHTS(4, false),
  LIMIT(5, false),
  UNKNOWN_PEER(6, false),
  OVERLOAD(7, true),
  PROOF(8, true);

  private final int code;
  private final boolean endsConnection;

  RefusalCode(int code, boolean endsConnection) {
    this.code = code;
    this.endsConnection = endsConnection;
  }

  public int code() {
    return code;
  }

  public static Optional<RefusalCode> of(long code) {
    for (RefusalCode each : values()) {
      if (each.code == code) {
        return Optional.of(each);
      }
    }
    return Optional.empty();
  }

  public boolean endsConnection() {
    return endsConnection;
  }
}
