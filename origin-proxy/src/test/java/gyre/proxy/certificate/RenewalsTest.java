package gyre.proxy.certificate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gyre.proxy.certificate.acme.OwnCertificates;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What is asked when, on a clock of the test's own: certificates hold for a year from now. */
@Timeout(30)
class RenewalsTest {
  private static final URI DIRECTORY = URI.create("https://ca.test/dir");

  @TempDir Path folder;
  private Instant now = Instant.now();
  private final ScriptedAuthority authority = new ScriptedAuthority();
  private final SimpleMeterRegistry metrics = new SimpleMeterRegistry();
  private final Listeners listeners = new Listeners();
  private final Schedule schedule =
      new Schedule(Optional.empty(), Duration.ofMinutes(2), Duration.ofMinutes(15), new Random(4));

  private Renewals renewals() {
    return new Renewals(
        new Renewals.Parts(
            authority,
            CertificateFolder.open(folder, DIRECTORY),
            new PendingProofs(listeners),
            listeners,
            OwnCertificates::meanwhile),
        schedule,
        metrics,
        () -> now);
  }

  private void pass(Duration time) {
    now = now.plus(time);
  }

  private double attempts(String outcome) {
    return metrics.get("gyre.proxy.certificate.attempts").tag("outcome", outcome).counter().count();
  }

  private long end(String host) {
    return (long) metrics.get("gyre.proxy.certificate.expiry").tag("host", host).gauge().value();
  }

  @Test
  void aHostSignsForItselfUntilItsCertificateIsThere() throws Exception {
    Renewals renewals = renewals();
    renewals.want(List.of("a.test"));
    PemPair meanwhile = listeners.used.get("a.test");
    assertEquals(List.of("a.test"), meanwhile.names());
    assertEquals(0, end("a.test"));
    renewals.attemptDue();
    PemPair issued = listeners.used.get("a.test");
    assertNotEquals(meanwhile, issued);
    assertEquals(issued.leaf().getNotAfter().toInstant().getEpochSecond(), end("a.test"));
  }

  @Test
  void aRestartReadsWhatIsStoredAndAsksNobody() throws Exception {
    Renewals first = renewals();
    first.want(List.of("a.test"));
    first.attemptDue();
    PemPair stored = listeners.used.get("a.test");
    authority.asked.clear();
    Renewals second = renewals();
    second.want(List.of("a.test"));
    second.attemptDue();
    assertEquals(stored, listeners.used.get("a.test"));
    assertEquals(List.of(), authority.asked);
  }

  @Test
  void aThirdOfALifeBeforeItsEndACertificateIsReplacedAndUntilThenNot() throws Exception {
    Renewals renewals = renewals();
    renewals.want(List.of("a.test"));
    renewals.attemptDue();
    PemPair first = listeners.used.get("a.test");
    pass(Duration.ofDays(243));
    renewals.attemptDue();
    assertEquals(first, listeners.used.get("a.test"));
    pass(Duration.ofDays(13));
    renewals.attemptDue();
    assertNotEquals(first, listeners.used.get("a.test"));
    assertEquals(List.of("a.test 0", "a.test 0"), authority.asked);
  }

  @Test
  void whereRenewalFailsTheOldCertificateStaysAndThePausesGrowToALimit() throws Exception {
    Renewals renewals = renewals();
    renewals.want(List.of("a.test"));
    renewals.attemptDue();
    PemPair old = listeners.used.get("a.test");
    Outcome no = ScriptedAuthority.refusal("dns: no such name\nGET / HTTP/1.1");
    authority.says("a.test", no, no, no, no, no);
    authority.asked.clear();
    pass(Duration.ofDays(260));
    for (int minutes : new int[] {0, 2, 4, 8, 15}) {
      pass(Duration.ofMinutes(minutes).minusSeconds(1));
      int before = authority.asked.size();
      renewals.attemptDue();
      assertEquals(minutes == 0 ? before + 1 : before, authority.asked.size());
      pass(Duration.ofMinutes(minutes).dividedBy(10).plusSeconds(1));
      renewals.attemptDue();
      assertEquals(old, listeners.used.get("a.test"));
    }
    assertEquals(
        List.of("a.test 0", "a.test 1", "a.test 2", "a.test 3", "a.test 4"), authority.asked);
    pass(Duration.ofMinutes(17));
    renewals.attemptDue();
    assertNotEquals(old, listeners.used.get("a.test"));
    assertEquals(5, attempts("refused"));
    assertEquals(2, attempts("issued"));
  }

  @Test
  void oneHostGetsItsCertificateWhereTwoFail() throws Exception {
    authority.says("a.test", ScriptedAuthority.refusal("no"));
    authority.says("c.test", ScriptedAuthority.refusal("no"));
    Renewals renewals = renewals();
    renewals.want(List.of("a.test", "b.test", "c.test"));
    Map<String, PemPair> before = Map.copyOf(listeners.used);
    renewals.attemptDue();
    assertEquals(before.get("a.test"), listeners.used.get("a.test"));
    assertNotEquals(before.get("b.test"), listeners.used.get("b.test"));
    assertEquals(before.get("c.test"), listeners.used.get("c.test"));
    assertEquals(3, listeners.used.size());
  }

  @Test
  void aReloadTriesWhatFailedAtOnceButNotBeforeTheAuthorityWantsIt() throws Exception {
    authority.says("a.test", ScriptedAuthority.refusal("no"));
    authority.says("b.test", ScriptedAuthority.busyUntil(now.plus(Duration.ofHours(3))));
    Renewals renewals = renewals();
    renewals.want(List.of("a.test", "b.test"));
    renewals.attemptDue();
    authority.asked.clear();
    renewals.want(List.of("a.test", "b.test"));
    renewals.attemptDue();
    assertEquals(List.of("a.test 1"), authority.asked);
    pass(Duration.ofMinutes(179));
    renewals.attemptDue();
    assertEquals(List.of("a.test 1"), authority.asked);
    pass(Duration.ofMinutes(1));
    renewals.attemptDue();
    assertEquals(List.of("a.test 1", "b.test 1"), authority.asked);
    assertEquals(1, attempts("rate-limited"));
  }

  @Test
  void anAuthorityInTroubleIsLeftAloneForEveryHostAsLongAsItWishes() throws Exception {
    authority.says("a.test", ScriptedAuthority.troubleUntil(now.plus(Duration.ofHours(3))));
    Renewals renewals = renewals();
    renewals.want(List.of("a.test", "b.test"));
    renewals.attemptDue();
    renewals.want(List.of("a.test", "b.test", "c.test"));
    pass(Duration.ofMinutes(179));
    renewals.attemptDue();
    assertEquals(List.of("a.test 0"), authority.asked);
    pass(Duration.ofMinutes(1));
    renewals.attemptDue();
    assertEquals(
        Set.of("a.test 0", "a.test 1", "b.test 0", "c.test 0"), Set.copyOf(authority.asked));
  }

  @Test
  void aHostThatIsNoLongerWantedIsNeitherServedNorRenewed() throws Exception {
    Renewals renewals = renewals();
    renewals.want(List.of("a.test", "b.test"));
    renewals.attemptDue();
    renewals.want(List.of("b.test", "c.test"));
    renewals.attemptDue();
    assertEquals(Set.of("b.test", "c.test"), listeners.used.keySet());
    pass(Duration.ofDays(300));
    authority.asked.clear();
    renewals.attemptDue();
    assertEquals(Set.of("b.test 0", "c.test 0"), Set.copyOf(authority.asked));
    assertTrue(
        metrics.find("gyre.proxy.certificate.expiry").gauges().stream()
            .noneMatch(gauge -> "a.test".equals(gauge.getId().getTag("host"))));
  }

  @Test
  void aFailureThatNobodyForesawCostsOneAttempt() throws Exception {
    Authority broken =
        (host, failures, prover) -> {
          if (failures == 0) {
            throw new IllegalStateException("a fault of ours");
          }
          return authority.obtain(host, failures, prover);
        };
    Renewals renewals =
        new Renewals(
            new Renewals.Parts(
                broken,
                CertificateFolder.open(folder, DIRECTORY),
                new PendingProofs(listeners),
                listeners,
                OwnCertificates::meanwhile),
            schedule,
            metrics,
            () -> now);
    renewals.want(List.of("a.test"));
    renewals.attemptDue();
    pass(Duration.ofMinutes(3));
    renewals.attemptDue();
    assertEquals(List.of("a.test 1"), authority.asked);
    assertEquals(1, attempts("unusable"));
  }

  @Test
  void whatCannotBeStoredIsUsedAllTheSame() throws Exception {
    Renewals renewals = renewals();
    renewals.want(List.of("a.test"));
    PemPair meanwhile = listeners.used.get("a.test");
    try (var files = Files.walk(folder)) {
      for (Path path : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
    renewals.attemptDue();
    assertNotEquals(meanwhile, listeners.used.get("a.test"));
  }

  @Test
  void whoeverClosesItGivesUpAnAttemptThatIsUnderWay() throws Exception {
    CountDownLatch asked = new CountDownLatch(1);
    CountDownLatch ended = new CountDownLatch(1);
    Authority silent =
        (host, failures, prover) -> {
          asked.countDown();
          try {
            new CountDownLatch(1).await();
          } finally {
            ended.countDown();
          }
          throw new IllegalStateException("nobody waits so long");
        };
    try (Renewals renewals =
        new Renewals(
            new Renewals.Parts(
                silent,
                CertificateFolder.open(folder, DIRECTORY),
                new PendingProofs(listeners),
                listeners,
                OwnCertificates::meanwhile),
            schedule,
            metrics,
            () -> now)) {
      renewals.want(List.of("a.test"));
      renewals.start();
      assertTrue(asked.await(10, TimeUnit.SECONDS));
    }
    assertTrue(ended.await(10, TimeUnit.SECONDS));
  }

  private static final class Listeners implements CertificateUser {
    private final Map<String, PemPair> used = new HashMap<>();

    @Override
    public void use(Map<String, PemPair> byHost) {
      used.clear();
      used.putAll(byHost);
    }

    @Override
    public Prover.Shown show(Proof.Tls proof) {
      return () -> {};
    }
  }
}
