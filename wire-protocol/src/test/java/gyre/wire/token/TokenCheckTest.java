package gyre.wire.token;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gyre.wire.Bytes;
import gyre.wire.Limits;
import gyre.wire.PeerKind;
import gyre.wire.codec.DecodeException;
import gyre.wire.key.SigningKey;
import gyre.wire.token.TokenCheck.Reason;
import gyre.wire.token.TokenCheck.Verdict;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

final class TokenCheckTest {
  private static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");

  private final SigningKey proxy = SigningKey.generate();
  private final SigningKey workerNode = SigningKey.generate();
  private final SigningKey visitor = SigningKey.generate();
  private final Bytes subject = visitor.verifyingKey().raw();
  private final TokenCheck check =
      new TokenCheck(List.of(proxy.verifyingKey()), List.of(workerNode.verifyingKey()));

  @Test
  void aProxyMakesVisitorsAndProxies() {
    assertAccepted(issue(proxy, PeerKind.VISITOR, Bytes.EMPTY, NOW));
    assertAccepted(issue(proxy, PeerKind.VISITOR, subject, NOW));
    assertAccepted(issue(proxy, PeerKind.PROXY, subject, NOW));
    assertRefused(Reason.ISSUER_MAY_NOT, issue(proxy, PeerKind.WORKER, subject, NOW));
  }

  @Test
  void aWorkerNodeMakesWorkersAndNothingElse() {
    assertAccepted(issue(workerNode, PeerKind.WORKER, subject, NOW));
    assertRefused(Reason.ISSUER_MAY_NOT, issue(workerNode, PeerKind.PROXY, subject, NOW));
    assertRefused(Reason.ISSUER_MAY_NOT, issue(workerNode, PeerKind.VISITOR, subject, NOW));
  }

  @Test
  void aKeyTrustedAsBothMakesBoth() {
    TokenCheck both = new TokenCheck(List.of(proxy.verifyingKey()), List.of(proxy.verifyingKey()));
    for (PeerKind kind : PeerKind.values()) {
      SignedToken signed = issue(proxy, kind, subject, NOW);
      assertEquals(new Verdict.Accepted(signed.token()), both.check(signed, NOW));
    }
  }

  @Test
  void aVisitorCannotIssueATokenForItself() {
    assertRefused(Reason.UNKNOWN_ISSUER, issue(visitor, PeerKind.PROXY, subject, NOW));
  }

  @Test
  void aVisitorCannotMakeAProxyOfItsOwnToken() throws DecodeException {
    SignedToken own = issue(proxy, PeerKind.VISITOR, subject, NOW);
    Token claimed =
        new Token(
            "example",
            PeerKind.PROXY,
            NOW,
            own.token().nonce(),
            subject,
            proxy.verifyingKey().id());
    Bytes payload = Bytes.owning(TokenCodec.encodePayload(claimed));
    SignedToken forged =
        TokenCodec.decode(Bytes.owning(TokenCodec.encodeEnvelope(payload, own.signature())));
    assertEquals(claimed, forged.token());
    assertRefused(Reason.SIGNATURE, forged);
  }

  @Test
  void everyBitOfThePayloadIsCovered() {
    SignedToken own = issue(proxy, PeerKind.VISITOR, Bytes.EMPTY, NOW);
    for (int at = 0; at < own.payload().length(); at++) {
      byte[] altered = own.payload().toArray();
      altered[at] ^= 1;
      SignedToken forged;
      try {
        forged =
            TokenCodec.decode(
                Bytes.owning(TokenCodec.encodeEnvelope(Bytes.owning(altered), own.signature())));
      } catch (DecodeException refused) {
        continue;
      }
      assertNotEquals(new Verdict.Accepted(forged.token()), check.check(forged, NOW));
    }
  }

  @Test
  void aTokenExpiresAfterTheToleranceAndNotBefore() {
    Instant last = NOW.minus(Limits.CLOCK_TOLERANCE);
    assertAccepted(issue(proxy, PeerKind.VISITOR, Bytes.EMPTY, last.plusMillis(1)));
    assertRefused(Reason.EXPIRED, issue(proxy, PeerKind.VISITOR, Bytes.EMPTY, last));
  }

  @Test
  void aTokenComesBackFromItsBytes() throws DecodeException {
    SignedToken signed = issue(workerNode, PeerKind.WORKER, subject, NOW);
    assertEquals(signed, TokenCodec.decode(signed.encoded()));
  }

  @Test
  void onlyAVisitorMayDoWithoutASubject() {
    assertThrows(
        IllegalArgumentException.class, () -> issue(proxy, PeerKind.PROXY, Bytes.EMPTY, NOW));
    assertThrows(
        IllegalArgumentException.class, () -> issue(workerNode, PeerKind.WORKER, Bytes.EMPTY, NOW));
  }

  @Test
  void anIssuerRefusesToIssueInTheNameOfAnother() {
    Token token = issue(proxy, PeerKind.PROXY, subject, NOW).token();
    assertThrows(IllegalArgumentException.class, () -> new TokenIssuer(workerNode).issue(token));
  }

  @Test
  void aProofIsOverItsContextAndTheChallenge() {
    byte[] proof = Proof.signedBytes(Bytes.owning(new byte[] {1, 2}));
    assertEquals(
        "gyre/1 prove\u0001\u0002", new String(proof, java.nio.charset.StandardCharsets.US_ASCII));
    assertTrue(visitor.verifyingKey().verify(proof, visitor.sign(proof)));
  }

  private SignedToken issue(SigningKey issuer, PeerKind kind, Bytes subjectKey, Instant expires) {
    return new TokenIssuer(issuer)
        .issue(
            new Token(
                "example",
                kind,
                expires,
                Bytes.owning(new byte[16]),
                subjectKey,
                issuer.verifyingKey().id()));
  }

  private void assertAccepted(SignedToken signed) {
    assertEquals(new Verdict.Accepted(signed.token()), check.check(signed, NOW));
  }

  private void assertRefused(Reason reason, SignedToken signed) {
    assertEquals(new Verdict.Refused(reason), check.check(signed, NOW));
  }
}
