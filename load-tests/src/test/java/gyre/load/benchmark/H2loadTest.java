package gyre.load.benchmark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import gyre.operations.start.StartFailure;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class H2loadTest {
  private static final String OUTPUT =
      """
      Application protocol: h2
      finished in 1.00s, 2000.00 req/s, 138.80KB/s
      requests: 2013 total, 2018 started, 2013 done, 2000 succeeded, 13 failed, 13 errored, 0 timeout
      status codes: 2000 2xx, 0 3xx, 4 4xx, 7 5xx
      traffic: 138.80KB (142132) total, 93.75KB (96000) headers (space savings 51.02%), 9.77KB (10000) data
      """;

  @Test
  void figuresAreReadFromWhatH2loadPrintsAndItsLogOfRequests() {
    long[] micros = LongStream.rangeClosed(1, 101).map(n -> n * 100).toArray();
    assertEquals(new LoadRun(2000, 2000.0, 5.1, 10.0, 11), H2load.parse(OUTPUT, micros));
  }

  @Test
  void anythingElseIsAComplaint() {
    assertThrows(StartFailure.class, () -> H2load.parse("could not connect", new long[0]));
  }
}
