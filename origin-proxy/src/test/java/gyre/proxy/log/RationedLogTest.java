package gyre.proxy.log;

import static org.junit.jupiter.api.Assertions.assertEquals;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RationedLogTest {
  private final Deque<Runnable> later = new ArrayDeque<>();
  private final ListAppender<ILoggingEvent> written = new ListAppender<>();
  private RationedLog log;

  @BeforeEach
  void start() {
    Logger logger = new LoggerContext().getLogger("test");
    written.start();
    logger.addAppender(written);
    log = new RationedLog(logger, later::add);
  }

  @Test
  void theFirstLinesAreWrittenAndTheRestIsCounted() {
    for (int i = 0; i < RationedLog.LINES + 124; i++) {
      log.info("line {} of {}", i, "many");
    }
    assertEquals(RationedLog.LINES, lines().size());
    assertEquals("line 0 of many", lines().getFirst());
    later.remove().run();
    assertEquals("and 124 more of these lines in the last 10 s", lines().getLast());
  }

  @Test
  void withFewNothingIsAddedAndTheNextIntervalBeginsAnew() {
    log.warn("one");
    later.remove().run();
    assertEquals(List.of("one"), lines());
    for (int i = 0; i < RationedLog.LINES; i++) {
      log.warn("again");
    }
    later.remove().run();
    assertEquals(1 + RationedLog.LINES, lines().size());
  }

  private List<String> lines() {
    return written.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
  }
}
