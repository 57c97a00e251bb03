package gyre.signalling.session;

import static java.nio.charset.StandardCharsets.UTF_8;

import gyre.signalling.admission.Doorkeeper;
import gyre.signalling.directory.Newcomer;
import gyre.wire.Bytes;
import gyre.wire.ClientMessage;
import gyre.wire.Limits;
import gyre.wire.PeerId;
import gyre.wire.RefusalCode;
import gyre.wire.key.VerifyingKey;
import gyre.wire.token.Proof;
import gyre.wire.token.Token;
import gyre.wire.token.TokenCheck;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Checks the signatures of hellos and proofs on a thread of its own, so that a flood of strangers
 * does not delay those who are in. Its queue is bounded. The trusted keys are read anew when an
 * unknown issuer shows up, at most once a second.
 */
final class Gatehouse implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Gatehouse.class);
  private static final int ROOM = 4_096;
  private static final int ID = 16;
  private static final Duration REREAD = Duration.ofSeconds(1);

  private final String node;
  private final Doorkeeper doorkeeper;
  private final Supplier<TokenCheck> trust;
  private final InstantSource clock;
  private final SecureRandom random = new SecureRandom();
  private final byte[] salt = new byte[ID];
  private final ArrayBlockingQueue<Runnable> queue = new ArrayBlockingQueue<>(ROOM);
  private final Thread thread;
  private TokenCheck check;
  private Instant lastRead;

  /** {@code trust} reads the trusted keys; it may go to the disk. */
  Gatehouse(String node, Doorkeeper doorkeeper, Supplier<TokenCheck> trust, InstantSource clock) {
    this.node = node;
    this.doorkeeper = doorkeeper;
    this.trust = trust;
    this.clock = clock;
    this.random.nextBytes(salt);
    this.check = trust.get();
    this.lastRead = clock.instant();
    this.thread = Thread.ofPlatform().name("gyre-admission").daemon(true).unstarted(this::run);
  }

  void start() {
    thread.start();
  }

  boolean isAlive() {
    return thread.isAlive();
  }

  /** False where too many wait already. */
  boolean hello(Conversation conversation, ClientMessage.Hello hello) {
    return queue.offer(() -> answer(conversation, hello));
  }

  /** False where too many wait already. */
  boolean proof(Conversation conversation, Phase.Challenged challenged, ClientMessage.Prove proof) {
    return queue.offer(() -> answer(conversation, challenged, proof));
  }

  private void answer(Conversation conversation, ClientMessage.Hello hello) {
    switch (judge(hello)) {
      case Doorkeeper.Verdict.Welcome welcome -> admit(conversation, hello, welcome.token());
      case Doorkeeper.Verdict.Challenge challenge ->
          conversation.challenge(
              new Phase.Challenged(hello, challenge.token(), random(Limits.CHALLENGE)));
      case Doorkeeper.Verdict.Refuse refusal ->
          conversation.refuse(refusal.code(), refusal.reason());
    }
  }

  private void answer(
      Conversation conversation, Phase.Challenged challenged, ClientMessage.Prove proof) {
    if (isProven(challenged, proof)) {
      admit(conversation, challenged.hello(), challenged.token());
    } else {
      conversation.refuse(
          RefusalCode.PROOF, "the signature is not by the key that the token names");
    }
  }

  private static boolean isProven(Phase.Challenged challenged, ClientMessage.Prove proof) {
    try {
      return new VerifyingKey(challenged.token().subject())
          .verify(Proof.signedBytes(challenged.nonce()), proof.signature());
    } catch (IllegalArgumentException notAKey) {
      return false;
    }
  }

  private Doorkeeper.Verdict judge(ClientMessage.Hello hello) {
    Instant now = clock.instant();
    Doorkeeper.Verdict verdict = doorkeeper.judge(hello, check, now);
    boolean mayReread =
        verdict instanceof Doorkeeper.Verdict.Refuse refusal
            && refusal.isUnknownIssuer()
            && !now.isBefore(lastRead.plus(REREAD));
    if (!mayReread) {
      return verdict;
    }
    lastRead = now;
    check = trust.get();
    return doorkeeper.judge(hello, check, now);
  }

  private void admit(Conversation conversation, ClientMessage.Hello hello, Token token) {
    boolean serves = (hello.capabilities() & ClientMessage.SERVES) != 0;
    conversation.admit(
        hello,
        token,
        new Newcomer(
            newId(),
            token.site(),
            token.kind(),
            token.subject(),
            serves,
            random(Limits.RESUME),
            origin(conversation.origin())));
  }

  /** What is remembered of an address: nothing that outlives this process or names it. */
  private long origin(String bucket) {
    try {
      MessageDigest hash = MessageDigest.getInstance("SHA-256");
      hash.update(salt);
      return ByteBuffer.wrap(hash.digest(bucket.getBytes(UTF_8))).getLong();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  private PeerId newId() {
    byte[] bytes = new byte[ID];
    random.nextBytes(bytes);
    return new PeerId(node + "-" + Base64.getUrlEncoder().withoutPadding().encodeToString(bytes));
  }

  private Bytes random(int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return Bytes.owning(bytes);
  }

  private void run() {
    while (!Thread.currentThread().isInterrupted()) {
      try {
        queue.take().run();
      } catch (InterruptedException stopped) {
        Thread.currentThread().interrupt();
      } catch (RuntimeException bug) {
        LOG.error("an admission failed; its connection will time out", bug);
      }
    }
  }

  @Override
  public void close() {
    thread.interrupt();
  }
}
