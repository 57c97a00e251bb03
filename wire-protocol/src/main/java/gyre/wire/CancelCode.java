package gyre.wire;

import java.util.Optional;

/** Why an exchange (or, on exchange 0, a channel) was stopped; PROTOCOL.md, section 5. */
public enum CancelCode {
  NOT_WANTED(0),
  MALFORMED(1),
  LIMIT(2),
  FAILED(3),
  OVERLOADED(4),
  DEADLINE(5);

  private final int code;

  CancelCode(int code) {
    this.code = code;
  }

  public int code() {
    return code;
  }

  public static Optional<CancelCode> of(long code) {
    for (CancelCode each : values()) {
      if (each.code == code) {
        return Optional.of(each);
      }
    }
    return Optional.empty();
  }
}
