package gyre.proxy.app;

import gyre.proxy.transport.Transport;
import gyre.proxy.upstream.ClientLimits;
import gyre.proxy.upstream.HttpClient;
import gyre.proxy.upstream.UpstreamTls;
import java.io.IOException;
import java.nio.file.Path;

/** Runs an executor, prints the process id of its workerd, and waits to be killed. */
final class KilledProxy {
  private KilledProxy() {}

  public static void main(String[] args) throws IOException, InterruptedException {
    HttpClient client =
        new HttpClient(Transport.start(), UpstreamTls.trustingTheSystem(), ClientLimits.DEFAULT);
    ExecutorSource source =
        ExecutorIT.start("export default { fetch() {} }", Path.of(args[0]), client);
    while (source.status().getFirst().pid().isEmpty()) {
      Thread.sleep(10);
    }
    System.out.println("pid " + source.status().getFirst().pid().getAsLong());
    Thread.sleep(Long.MAX_VALUE);
  }
}
