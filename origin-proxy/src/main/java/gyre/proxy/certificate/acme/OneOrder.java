package gyre.proxy.certificate.acme;

import gyre.operations.config.AcmeConfig;
import gyre.proxy.certificate.CertificateFolder;
import gyre.proxy.certificate.Outcome.Reason;
import gyre.proxy.certificate.PemPair;
import gyre.proxy.certificate.Proof;
import gyre.proxy.certificate.Prover;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.shredzone.acme4j.Authorization;
import org.shredzone.acme4j.Login;
import org.shredzone.acme4j.Order;
import org.shredzone.acme4j.PollableResource;
import org.shredzone.acme4j.Status;
import org.shredzone.acme4j.challenge.Challenge;
import org.shredzone.acme4j.challenge.Http01Challenge;
import org.shredzone.acme4j.challenge.TlsAlpn01Challenge;
import org.shredzone.acme4j.exception.AcmeException;

/**
 * One order for one host, from the proof to the certificate (RFC 8555, 7.4 and 7.5). After a
 * failure the next order proves the host by the next of the configured challenges.
 */
final class OneOrder {
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final Duration SHORTEST = Duration.ofMillis(250);
  private static final Duration LONGEST = Duration.ofSeconds(30);

  /** An order for one name needs one authorization. */
  private static final int AUTHORIZATIONS = 4;

  private final String host;
  private final List<AcmeConfig.Challenge> challenges;
  private final int failures;
  private final Prover prover;

  OneOrder(String host, List<AcmeConfig.Challenge> challenges, int failures, Prover prover) {
    this.host = host;
    this.challenges = challenges;
    this.failures = failures;
    this.prover = prover;
  }

  PemPair complete(Login login)
      throws AcmeException, RefusedException, GeneralSecurityException, InterruptedException {
    Order order = login.newOrder().domain(host).create();
    List<Authorization> authorizations = order.getAuthorizations();
    if (authorizations.size() > AUTHORIZATIONS) {
      throw new AcmeException("an order with " + authorizations.size() + " authorizations");
    }
    for (Authorization authorization : authorizations) {
      prove(authorization);
    }
    await(order, Status.READY);
    KeyPair keys = CertificateFolder.newKey();
    order.execute(keys);
    await(order, Status.VALID);
    return PemPair.of(order.getCertificate().getCertificateChain(), keys.getPrivate());
  }

  private void await(Order order, Status wanted)
      throws AcmeException, RefusedException, InterruptedException {
    Status status = until(order, wanted);
    if (status != wanted && status != Status.VALID) {
      throw new RefusedException(
          Reason.REFUSED,
          order.getError().map(AcmeAuthority::told).orElse("the order is " + status));
    }
  }

  private void prove(Authorization authorization)
      throws AcmeException, RefusedException, InterruptedException {
    if (authorization.getStatus() == Status.VALID) {
      return;
    }
    Offer offer = offer(authorization);
    try (Prover.Shown _ = prover.show(offer.proof())) {
      offer.challenge().trigger();
      Status status = until(authorization, Status.VALID);
      if (status != Status.VALID) {
        throw new RefusedException(
            Reason.UNPROVED,
            offer.challenge().getType() + ": " + error(authorization, offer.challenge(), status));
      }
    }
  }

  private static String error(Authorization authorization, Challenge tried, Status status) {
    return authorization.getChallenges().stream()
        .filter(challenge -> challenge.getType().equals(tried.getType()))
        .flatMap(challenge -> challenge.getError().stream())
        .map(AcmeAuthority::told)
        .findFirst()
        .orElse("the authorization is " + status);
  }

  private record Offer(Challenge challenge, Proof proof) {}

  private Offer offer(Authorization authorization) throws RefusedException {
    for (int i = 0; i < challenges.size(); i++) {
      Optional<Offer> offer =
          switch (challenges.get((failures + i) % challenges.size())) {
            case HTTP_01 ->
                authorization
                    .findChallenge(Http01Challenge.class)
                    .map(
                        one ->
                            new Offer(
                                one, new Proof.Http(host, one.getToken(), one.getAuthorization())));
            case TLS_ALPN_01 ->
                authorization
                    .findChallenge(TlsAlpn01Challenge.class)
                    .map(
                        one ->
                            new Offer(
                                one,
                                new Proof.Tls(
                                    host,
                                    OwnCertificates.challenge(host, one.getAcmeValidation()))));
          };
      if (offer.isPresent()) {
        return offer.get();
      }
    }
    throw new RefusedException(
        Reason.REFUSED,
        "none of the configured challenges is offered, but "
            + authorization.getChallenges().stream()
                .map(Challenge::getType)
                .collect(Collectors.joining(", ")));
  }

  /** Asks until it is in this state or in one that it never leaves. */
  private static Status until(PollableResource resource, Status wanted)
      throws AcmeException, InterruptedException {
    Instant end = Instant.now().plus(PATIENCE);
    Duration pause = SHORTEST;
    while (true) {
      Optional<Instant> retryAfter = resource.fetch();
      Status status = resource.getStatus();
      if (status == wanted || isFinal(status)) {
        return status;
      }
      Instant now = Instant.now();
      Instant next = now.plus(between(pause, retryAfter.map(at -> Duration.between(now, at))));
      if (next.isAfter(end)) {
        throw new AcmeException("still " + status + " after " + PATIENCE.toSeconds() + " s");
      }
      Thread.sleep(Duration.between(now, next));
      pause = pause.multipliedBy(2);
    }
  }

  private static Duration between(Duration own, Optional<Duration> asked) {
    Duration pause = asked.filter(wish -> wish.compareTo(own) > 0).orElse(own);
    return pause.compareTo(LONGEST) < 0 ? pause : LONGEST;
  }

  private static boolean isFinal(Status status) {
    return switch (status) {
      case PENDING, READY, PROCESSING -> false;
      case VALID, INVALID, REVOKED, DEACTIVATED, EXPIRED, CANCELED, UNKNOWN -> true;
    };
  }
}
