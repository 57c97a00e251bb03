package gyre.operations.launch;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import org.junit.jupiter.api.Test;

class LaunchTest {
  private static final int JAVA_8_CLASS_FILE = 52;

  @Test
  void itLoadsOnJava8() throws IOException {
    try (InputStream stream = Launch.class.getResourceAsStream("Launch.class");
        DataInputStream classFile = new DataInputStream(stream)) {
      assertEquals(0xCAFEBABE, classFile.readInt());
      classFile.readUnsignedShort();
      assertEquals(JAVA_8_CLASS_FILE, classFile.readUnsignedShort());
    }
  }

  @Test
  void itReadsOldAndNewVersionNumbers() {
    assertEquals(8, Launch.feature("1.8"));
    assertEquals(17, Launch.feature("17"));
    assertEquals(25, Launch.feature("25"));
  }
}
