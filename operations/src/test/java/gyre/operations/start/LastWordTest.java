package gyre.operations.start;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LastWordTest {
  private final ByteArrayOutputStream said = new ByteArrayOutputStream();
  private final List<Integer> halted = new ArrayList<>();
  private final LastWord lastWord =
      new LastWord(new PrintStream(said, true, UTF_8), status -> halted.add(status));

  private void ends(Throwable failure) throws InterruptedException {
    Thread thread =
        Thread.ofPlatform()
            .name("gyre-swarm")
            .uncaughtExceptionHandler(lastWord)
            .start(
                () -> {
                  if (failure instanceof Error error) {
                    throw error;
                  }
                  throw (RuntimeException) failure;
                });
    thread.join();
  }

  private String firstLine() {
    return said.toString(UTF_8).lines().findFirst().orElse("");
  }

  @Test
  void aThreadWithoutMemoryEndsTheProcessWithOneClearLine() throws Exception {
    ends(new OutOfMemoryError("Java heap space"));
    assertEquals(List.of(3), halted);
    assertEquals(
        "thread gyre-swarm ended: java.lang.OutOfMemoryError: Java heap space;"
            + " the process ends with status 3, start it again",
        firstLine());
  }

  @Test
  void aBugOrAnOverflownStackEndsItsThreadOnly() throws Exception {
    ends(new IllegalStateException("a bug"));
    ends(new StackOverflowError());
    assertEquals(List.of(), halted);
    assertTrue(firstLine().startsWith("thread gyre-swarm ended: java.lang.IllegalState"));
  }
}
