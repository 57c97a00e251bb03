package gyre.proxy.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import org.junit.jupiter.api.Test;

class WorkerdConfigTest {

  @Test
  void aValueCannotLeaveItsLiteral() {
    assertEquals("\"a\\x22, b\\x5c\\x0ac\"", WorkerdConfig.quoted("a\", b\\\nc"));
  }

  @Test
  void whatIsNotAsciiIsWrittenAsItsOctets() {
    assertEquals("\"\\xc3\\xa9\"", WorkerdConfig.quoted("é"));
  }

  @Test
  void bindingsStandInTheOrderOfTheirNames() {
    String text = WorkerdConfig.text(Map.of("B", "2", "A", "1"));
    assertTrue(
        text.contains("bindings = [(name = \"A\", text = \"1\"), (name = \"B\", text = \"2\")]"),
        text);
  }

  @Test
  void anAppReachesPublicAddressesOnly() {
    assertTrue(WorkerdConfig.text(Map.of()).contains("network = (allow = [\"public\"]"));
  }
}
