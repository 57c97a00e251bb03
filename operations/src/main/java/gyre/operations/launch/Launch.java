package gyre.operations.launch;

import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.InvocationTargetException;
import java.net.URL;
import java.util.Enumeration;
import java.util.jar.Attributes;
import java.util.jar.Manifest;

/**
 * The first class of every jar, compiled for Java 8: on an older Java it says which one is needed,
 * in one line; otherwise it calls the class that the jar's manifest names in {@code Gyre-Main}.
 */
public final class Launch {
  static final int NEEDED = 25;

  private Launch() {}

  public static void main(String[] args) throws Exception {
    int running = feature(System.getProperty("java.specification.version"));
    if (running < NEEDED) {
      System.err.println(
          "gyre: this program needs Java "
              + NEEDED
              + ", and this is Java "
              + running
              + " ("
              + System.getProperty("java.home")
              + "). Start it with the java of a JDK "
              + NEEDED
              + ", or use ./gyre, which finds one.");
      System.exit(64);
    }
    try {
      Class.forName(mainClass()).getMethod("main", String[].class).invoke(null, (Object) args);
    } catch (InvocationTargetException failed) {
      if (failed.getCause() instanceof Exception) {
        throw (Exception) failed.getCause();
      }
      throw failed;
    }
  }

  /** "1.8" is 8, "17" is 17. */
  static int feature(String specificationVersion) {
    String text =
        specificationVersion.startsWith("1.")
            ? specificationVersion.substring(2)
            : specificationVersion;
    return Integer.parseInt(text);
  }

  private static String mainClass() throws IOException {
    Enumeration<URL> manifests = Launch.class.getClassLoader().getResources("META-INF/MANIFEST.MF");
    while (manifests.hasMoreElements()) {
      InputStream stream = manifests.nextElement().openStream();
      try {
        Attributes attributes = new Manifest(stream).getMainAttributes();
        String name = attributes.getValue("Gyre-Main");
        if (name != null) {
          return name;
        }
      } finally {
        stream.close();
      }
    }
    throw new IOException("no manifest on the class path names Gyre-Main");
  }
}
