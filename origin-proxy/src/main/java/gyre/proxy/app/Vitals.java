package gyre.proxy.app;

import gyre.proxy.message.Body;
import gyre.proxy.message.Headers;
import gyre.proxy.message.Request;
import gyre.proxy.message.Response;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.InetAddress;
import java.net.SocketTimeoutException;
import java.time.Duration;

/**
 * Whether a workerd process is well: asks it through a socket of its own, which no handler serves,
 * and looks at its memory. One that is not is killed. Calls wait, on virtual threads.
 */
record Vitals(WorkerdProcess process, ExecutorHttp http, ExecutorLimits limits) {

  /** Waits until it answers; false where it ends before, or takes too long, and is killed. */
  boolean isReady() throws InterruptedException {
    long end = System.nanoTime() + limits.start().toNanos();
    while (process.isAlive() && System.nanoTime() < end) {
      if (answers(limits.probe())) {
        return true;
      }
      process.hasEndedWithin(Duration.ofMillis(5));
    }
    if (process.isAlive()) {
      process.kill("it did not begin to answer within " + limits.start().toMillis() + " ms");
    }
    return false;
  }

  /** Until it ends: kills it where it is stuck or holds too much. */
  void watch() throws InterruptedException {
    Thread heart = Thread.ofVirtual().start(this::probeUntilItEnds);
    try {
      while (!process.hasEndedWithin(limits.memoryCheck())) {
        long bytes = process.memory().orElse(0);
        if (bytes > limits.memory()) {
          process.kill(
              "it holds " + (bytes >> 20) + " MiB, executor.memory is " + (limits.memory() >> 20));
        }
      }
    } finally {
      heart.interrupt();
    }
  }

  private void probeUntilItEnds() {
    try {
      while (!process.hasEndedWithin(limits.heartbeat())) {
        if (!answers(limits.deadline()) && process.isAlive()) {
          process.kill("it was stuck for " + limits.deadline().toMillis() + " ms");
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** A handler that merely waits harms nobody; one that blocks its process stops all the others. */
  void endIfStuck() {
    if (!answers(limits.probe()) && process.isAlive()) {
      process.kill("it was stuck for " + limits.deadline().toMillis() + " ms");
    }
  }

  private boolean answers(Duration patience) {
    Request question =
        new Request(
            "GET",
            "http",
            "alive",
            "/",
            Headers.of("host", "alive"),
            Body.EMPTY,
            InetAddress.getLoopbackAddress());
    try {
      Response response = http.exchange(process.aliveSocket(), question, patience);
      response.body().close();
      return response.status() == 204;
    } catch (InterruptedIOException e) {
      if (!(e instanceof SocketTimeoutException)) {
        Thread.currentThread().interrupt();
      }
      return false;
    } catch (IOException e) {
      return false;
    }
  }
}
