package gyre.signalling.admission;

import gyre.wire.ClientMessage;
import gyre.wire.Limits;
import gyre.wire.RefusalCode;
import gyre.wire.codec.DecodeException;
import gyre.wire.token.Token;
import gyre.wire.token.TokenCheck;
import gyre.wire.token.TokenCodec;
import java.time.Instant;
import java.util.Set;

/**
 * Decides by a hello's token who its sender is: site and kind come from there, never from what a
 * peer says of itself (PROTOCOL.md, section 3). {@code sites} are those this server serves.
 */
public record Doorkeeper(Set<String> sites) {
  public Doorkeeper {
    sites = Set.copyOf(sites);
  }

  /** What becomes of a hello. */
  public sealed interface Verdict {
    /** Possession of the token is enough. */
    record Welcome(Token token) implements Verdict {}

    /** The token names a key; its owner must prove to hold it. */
    record Challenge(Token token) implements Verdict {}

    /** {@code isUnknownIssuer}: a key that was added a moment ago may change the verdict. */
    record Refuse(RefusalCode code, String reason, boolean isUnknownIssuer) implements Verdict {}
  }

  public Verdict judge(ClientMessage.Hello hello, TokenCheck check, Instant now) {
    if (hello.version() != Limits.PROTOCOL_VERSION) {
      return refuse(
          RefusalCode.VERSION,
          "this server speaks version " + Limits.PROTOCOL_VERSION + ", not " + hello.version());
    }
    try {
      return switch (check.check(TokenCodec.decode(hello.token()), now)) {
        case TokenCheck.Verdict.Refused refused -> refuse(refused.reason());
        case TokenCheck.Verdict.Accepted accepted -> judge(accepted.token());
      };
    } catch (DecodeException malformed) {
      return refuse(RefusalCode.TOKEN, "not a token: " + malformed.getMessage());
    }
  }

  private Verdict judge(Token token) {
    if (!sites.contains(token.site())) {
      return refuse(RefusalCode.TOKEN, "this server does not serve the site of the token");
    }
    return token.subject().isEmpty() ? new Verdict.Welcome(token) : new Verdict.Challenge(token);
  }

  private static Verdict refuse(TokenCheck.Reason reason) {
    return switch (reason) {
      case UNKNOWN_ISSUER ->
          new Verdict.Refuse(RefusalCode.TOKEN, "the token's issuer is not trusted here", true);
      case ISSUER_MAY_NOT ->
          refuse(RefusalCode.TOKEN, "the token's issuer may not issue for this kind of peer");
      case SIGNATURE -> refuse(RefusalCode.TOKEN, "the token's signature is wrong");
      case EXPIRED -> refuse(RefusalCode.TOKEN, "the token expired");
    };
  }

  private static Verdict refuse(RefusalCode code, String reason) {
    return new Verdict.Refuse(code, reason, false);
  }
}
