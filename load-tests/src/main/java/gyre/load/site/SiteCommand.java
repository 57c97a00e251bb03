package gyre.load.site;

import gyre.operations.config.HostPort;
import gyre.operations.start.StartFailure;
import java.io.IOException;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code load-tests.jar site}: the gallery's web server, until the process is ended. */
@Command(
    name = "site",
    mixinStandardHelpOptions = true,
    description = "The demo gallery's web server alone.")
public final class SiteCommand implements Callable<Integer> {
  @Option(
      names = "--listen",
      paramLabel = "HOST:PORT",
      defaultValue = "127.0.0.1:8085",
      description = "where to listen (default ${DEFAULT-VALUE})")
  private String listen = "";

  @Override
  public Integer call() throws InterruptedException {
    HostPort address = HostPort.parse(listen);
    try (DemoSite site = DemoSite.start(address.socketAddress())) {
      System.out.println("site: the gallery is at " + site.address());
      new CountDownLatch(1).await();
    } catch (IOException e) {
      throw new StartFailure(
          "cannot listen at " + address + " (" + e.getMessage() + "); choose another --listen", e);
    }
    return 0;
  }
}
