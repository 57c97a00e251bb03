package gyre.proxy.certificate.acme;

import gyre.operations.config.AcmeConfig;
import gyre.proxy.certificate.Authority;
import gyre.proxy.certificate.CertificateFolder;
import gyre.proxy.certificate.Outcome;
import gyre.proxy.certificate.Outcome.Reason;
import gyre.proxy.certificate.PemPair;
import gyre.proxy.certificate.Prover;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import org.shredzone.acme4j.AccountBuilder;
import org.shredzone.acme4j.Login;
import org.shredzone.acme4j.Problem;
import org.shredzone.acme4j.Session;
import org.shredzone.acme4j.exception.AcmeException;
import org.shredzone.acme4j.exception.AcmeLazyLoadingException;
import org.shredzone.acme4j.exception.AcmeNetworkException;
import org.shredzone.acme4j.exception.AcmeRateLimitedException;
import org.shredzone.acme4j.exception.AcmeServerException;

/**
 * An authority that speaks ACME (RFC 8555). The account is the one of its key: it is asked for, and
 * made where there is none, when a certificate is needed. Each request has a deadline of 30 s, each
 * wait for the authority one of 2 minutes.
 */
public final class AcmeAuthority implements Authority, AutoCloseable {
  private static final Duration REQUEST = Duration.ofSeconds(30);

  /** For how long directory, nonce and account are taken to hold. */
  private static final Duration SESSION = Duration.ofHours(1);

  private static final String PROBLEM = "urn:ietf:params:acme:error:";

  private record Open(Login login, Instant since) {}

  private final AcmeConfig config;
  private final KeyPair account;
  private final InstantSource clock;
  private final AcmeServer server;
  private Optional<Open> open = Optional.empty();

  /** A StartFailure where the account's key or the file of authorities cannot be used. */
  public AcmeAuthority(AcmeConfig config, CertificateFolder folder, InstantSource clock) {
    this.config = config;
    this.account = folder.account();
    this.clock = clock;
    this.server = new AcmeServer(config.ca(), clock);
  }

  /** A StartFailure says what of the configuration cannot be used; nobody is asked. */
  public static void check(AcmeConfig config) {
    config.ca().ifPresent(AcmeServer::trusting);
    CertificateFolder.check(config.folder(), config.directory());
  }

  @Override
  public Outcome obtain(String host, int failures, Prover prover) throws InterruptedException {
    var _ = server.takeBusyUntil();
    try {
      PemPair pair = new OneOrder(host, config.challenges(), failures, prover).complete(login());
      if (!pair.names().contains(host)) {
        return failed(Reason.UNUSABLE, "the certificate is for " + pair.names());
      }
      return new Outcome.Issued(pair);
    } catch (RefusedException e) {
      return failed(e.reason(), String.valueOf(e.getMessage()));
    } catch (AcmeException | AcmeLazyLoadingException e) {
      open = Optional.empty();
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
      return failed(e instanceof AcmeLazyLoadingException ? e.getCause() : e);
    } catch (GeneralSecurityException | RuntimeException e) {
      open = Optional.empty();
      return failed(Reason.UNUSABLE, e.toString());
    }
  }

  private Login login() throws AcmeException {
    Instant now = clock.instant();
    Optional<Open> held = open.filter(one -> one.since().plus(SESSION).isAfter(now));
    if (held.isPresent()) {
      return held.get().login();
    }
    Session session = new Session(config.directory(), server);
    session.networkSettings().setTimeout(REQUEST);
    session.setLocale(null);
    AccountBuilder builder = new AccountBuilder().useKeyPair(account).agreeToTermsOfService();
    config.email().ifPresent(builder::addEmail);
    Login login = builder.createLogin(session);
    open = Optional.of(new Open(login, now));
    return login;
  }

  private Outcome failed(Throwable e) {
    return switch (e) {
      case AcmeRateLimitedException limited ->
          failed(Reason.RATE_LIMITED, told(limited.getProblem()));
      case AcmeServerException refused ->
          failed(
              isInTrouble(refused.getProblem()) ? Reason.UNREACHABLE : Reason.REFUSED,
              told(refused.getProblem()));
      case AcmeNetworkException lost ->
          failed(Reason.UNREACHABLE, config.directory().getHost() + ": " + root(lost));
      default -> failed(Reason.UNREACHABLE, config.directory().getHost() + ": " + e.getMessage());
    };
  }

  private Outcome failed(Reason reason, String told) {
    return new Outcome.Failed(reason, told, server.takeBusyUntil());
  }

  private static boolean isInTrouble(Problem problem) {
    return problem.getType().toString().equals(PROBLEM + "serverInternal");
  }

  /** Its type by the name that RFC 8555, 6.7, gives it, and what it says. */
  static String told(Problem problem) {
    return problem.getType().toString().replace(PROBLEM, "") + ": " + problem;
  }

  private static String root(Throwable e) {
    Throwable deepest = e;
    while (deepest.getCause() != null) {
      deepest = deepest.getCause();
    }
    return deepest.getMessage() == null ? deepest.getClass().getSimpleName() : deepest.getMessage();
  }

  @Override
  public void close() {
    server.close();
  }
}
