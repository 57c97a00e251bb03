package gyre.proxy.fetch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gyre.proxy.cache.Drafts;
import gyre.proxy.message.Body;
import gyre.wire.Limits;
import java.io.IOException;
import java.util.OptionalLong;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class FillTest {
  private static final int LARGEST = 4 * Limits.CHUNK;

  @Test
  void whatIsWithinTheBudgetIsKeptUntilNobodyReadsIt() throws IOException {
    FillBudget budget = new FillBudget(LARGEST);
    Fill fill = filled(budget, 2 * Limits.CHUNK);
    Body reader = fill.whole();
    fill.settle();
    assertEquals(2 * Limits.CHUNK, budget.taken());
    reader.close();
    assertEquals(0, budget.taken());
    assertTrue(fill.chunkList().flatMap(fill::kept).isPresent());
  }

  @Test
  void withoutBudgetAFillThatNobodyReadsEnds() {
    FillBudget budget = new FillBudget(Limits.CHUNK);
    Fill fill = new Fill(OptionalLong.empty(), new FillRoom(LARGEST, budget, Drafts.NONE));
    Body two = Body.of(new byte[2 * Limits.CHUNK]);
    assertThrows(IOException.class, () -> fill.pour(two));
    fill.settle();
    assertEquals(0, budget.taken());
  }

  @Test
  void withoutBudgetReadersStillGetEverything() throws Exception {
    Fill fill =
        new Fill(
            OptionalLong.empty(), new FillRoom(LARGEST, new FillBudget(Limits.CHUNK), Drafts.NONE));
    Body reader = fill.whole();
    FutureTask<Void> pouring =
        new FutureTask<>(
            () -> {
              fill.pour(Body.of(new byte[40 * Limits.CHUNK]));
              return null;
            });
    Thread.ofVirtual().start(pouring);
    int bytes = 0;
    for (var piece = reader.next(); piece.isPresent(); piece = reader.next()) {
      bytes += piece.get().remaining();
    }
    assertEquals(40 * Limits.CHUNK, bytes);
    pouring.get();
    try (Fill.Place late = fill.place()) {
      assertFalse(late.isAtTheStart());
    }
  }

  private static Fill filled(FillBudget budget, int bytes) throws IOException {
    Fill fill = new Fill(OptionalLong.of(bytes), new FillRoom(LARGEST, budget, Drafts.NONE));
    fill.pour(Body.of(new byte[bytes]));
    return fill;
  }
}
