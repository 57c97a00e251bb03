package gyre.load.benchmark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import gyre.operations.start.StartFailure;
import java.util.List;
import org.junit.jupiter.api.Test;

class WrkTest {
  private static final String OUTPUT =
      """
      Running 1s test @ http://127.0.0.1:8085/style.css
        1 threads and 16 connections
        Thread Stats   Avg      Stdev     Max   +/- Stdev
          Latency     1.09ms    1.05ms  17.36ms   92.37%
          Req/Sec    16.14k     2.44k   19.01k    80.00%
        Latency Distribution
           50%  812.00us
           75%    1.20ms
           90%    1.93ms
           99%    5.41ms
        16055 requests in 1.00s, 9.47MB read
      Requests/sec:  16041.12
      Transfer/sec:      9.46MB
      """;

  @Test
  void figuresAreReadFromWhatWrkPrints() {
    assertEquals(new LoadRun(16_055, 16_041.12, 0.812, 5.41, 0), Wrk.parse(OUTPUT));
  }

  @Test
  void answersOtherThanSuccessAreCounted() {
    LoadRun run = Wrk.parse(OUTPUT + "  Non-2xx or 3xx responses: 12\n");
    assertEquals(12, run.notOk());
  }

  @Test
  void anythingElseIsAComplaint() {
    assertThrows(StartFailure.class, () -> Wrk.parse("unable to connect to 127.0.0.1:1"));
  }

  @Test
  void theMedianIsTheMiddleOrBetweenTheTwoMiddles() {
    assertEquals(2, Medians.of(List.of(9.0, 1.0, 2.0)));
    assertEquals(1.5, Medians.of(List.of(1.0, 2.0, 0.0, 9.0)));
  }
}
