package gyre.worker.browser;

import java.util.Locale;
import org.openqa.selenium.NoSuchSessionException;
import org.openqa.selenium.NoSuchWindowException;
import org.openqa.selenium.ScriptTimeoutException;
import org.openqa.selenium.TimeoutException;
import org.openqa.selenium.WebDriverException;
import org.openqa.selenium.remote.UnreachableBrowserException;

/** Tells the failure of one tab from that of the whole browser. */
final class DriverFailure {
  private DriverFailure() {}

  static TabException of(WebDriverException failure) throws BrowserLostException {
    String line = firstLine(failure);
    return switch (failure) {
      case NoSuchWindowException _ -> new TabException("it is closed", true);
      case ScriptTimeoutException _ -> new TabException("it does not answer", false);
      case NoSuchSessionException _ -> throw new BrowserLostException(line, failure);
      case UnreachableBrowserException _ -> throw new BrowserLostException(line, failure);
      case TimeoutException _ when failure.getCause() == null -> new TabException(line, false);
      case TimeoutException _ -> throw new BrowserLostException(line, failure);
      default -> other(failure, line.toLowerCase(Locale.ROOT));
    };
  }

  private static TabException other(WebDriverException failure, String line)
      throws BrowserLostException {
    if (line.contains("tab crashed") || line.contains("target")) {
      return new TabException("its process ended", true);
    }
    if (failure.getCause() != null || line.contains("disconnected") || line.contains("session")) {
      throw new BrowserLostException(line, failure);
    }
    return new TabException(line, false);
  }

  static String firstLine(WebDriverException failure) {
    return String.valueOf(failure.getMessage()).lines().findFirst().orElse("no reason was given");
  }
}
