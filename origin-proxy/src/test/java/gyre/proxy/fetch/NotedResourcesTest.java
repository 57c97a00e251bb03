package gyre.proxy.fetch;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class NotedResourcesTest {

  @Test
  void longAddressesTakeNoMoreMemoryThanManyShortOnes() {
    NotedResources noted = new NotedResources();
    String address = "http://site.test/" + "x".repeat(8_000) + "?";
    IntStream.range(0, 10_000).forEach(i -> noted.remember(address + i));
    long held = IntStream.range(0, 10_000).filter(i -> noted.contains(address + i)).count();
    assertTrue(held > 0 && held * address.length() < 16 << 20, held + " are held");
  }

  @Test
  void aNoteIsKept() {
    NotedResources noted = new NotedResources();
    noted.remember("http://site.test/a");
    assertTrue(noted.contains("http://site.test/a"));
  }
}
