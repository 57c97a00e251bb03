package gyre.proxy.http.h2;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gyre.operations.config.HostPort;
import gyre.proxy.fetch.Decision;
import gyre.proxy.fetch.RequestService;
import gyre.proxy.http.Certificates;
import gyre.proxy.http.HttpFront;
import gyre.proxy.http.exchange.Terms;
import gyre.proxy.http.tls.TlsCertificates;
import gyre.proxy.message.Body;
import gyre.proxy.message.Headers;
import gyre.proxy.message.Request;
import gyre.proxy.message.Response;
import gyre.proxy.route.Route;
import gyre.proxy.transport.Transport;
import gyre.proxy.upstream.UpstreamTls;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** h2spec, an independent judge of HTTP/2 servers, against the real front. */
@Timeout(120)
class H2SpecTest {
  private static final String ARCHIVE = "h2spec/2.2.0/h2spec_linux_amd64.tar.gz";
  private static final int CASES = 145;

  /** What h2spec 2.2.0 demands and RFC 9113 does not, with the section that says so. */
  private static final Set<String> EXCEPTED = Set.of();

  @TempDir Path folder;
  private final Transport transport = Transport.start();
  private HttpFront front;

  @BeforeEach
  void start() throws IOException {
    front = new HttpFront(Terms.of(new Pages()), transport, UpstreamTls.trustingTheSystem());
  }

  @AfterEach
  void close() {
    front.close();
    transport.close();
  }

  @Test
  void isGreenInCleartext() throws Exception {
    judge(front.listen(new HostPort("127.0.0.1", 0), false), List.of());
  }

  @Test
  void isGreenOverTls() throws Exception {
    var certificate = Certificates.make(folder, "h2spec", "dns:localhost,ip:127.0.0.1");
    try (TlsCertificates files =
        new TlsCertificates(List.of(certificate), InstantSource.system())) {
      judge(
          front.listenTls(new HostPort("127.0.0.1", 0), false, files),
          List.of("--tls", "--insecure"));
    }
  }

  private void judge(InetSocketAddress address, List<String> options) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(binary().toString());
    command.addAll(List.of("--host", "127.0.0.1", "--port", Integer.toString(address.getPort())));
    command.addAll(List.of("--timeout", "2", "--junit-report", folder + "/report.xml"));
    command.addAll(options);
    Path output = folder.resolve("output.txt");
    new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(output.toFile())
        .start()
        .waitFor();
    String report = Files.readString(folder.resolve("report.xml"));
    assertEquals(EXCEPTED, failures(report), () -> report);
    assertTrue(report.split("<testcase ", -1).length - 1 >= CASES, report);
  }

  private static final Pattern FAILED =
      Pattern.compile(
          "<testcase package=\"([^\"]*)\" classname=\"([^\"]*)\"[^>]*>\\s*<(?:failure|error)");

  private static Set<String> failures(String report) {
    Set<String> failures = new TreeSet<>();
    Matcher failed = FAILED.matcher(report);
    while (failed.find()) {
      failures.add(failed.group(1) + ": " + failed.group(2));
    }
    return failures;
  }

  private Path binary() throws IOException, InterruptedException {
    Path archive = folder.resolve("h2spec.tar.gz");
    try (InputStream in = H2SpecTest.class.getClassLoader().getResourceAsStream(ARCHIVE)) {
      Files.copy(in, archive);
    }
    int status =
        new ProcessBuilder("tar", "-xzf", archive.toString(), "-C", folder.toString())
            .inheritIO()
            .start()
            .waitFor();
    assertEquals(0, status);
    return folder.resolve("h2spec");
  }

  /** A page for whoever reads, what was sent for whoever sends. */
  private static final class Pages implements RequestService {
    private static final byte[] PAGE = "a page of some length\n".repeat(10).getBytes(UTF_8);

    @Override
    public Decision tryNow(Request request) {
      return request.isRead() && request.body().length().orElse(1) == 0
          ? new Decision.Answer(page())
          : new Decision.Pending(request, new Route.Reject(0, ""));
    }

    private static Response page() {
      return new Response(200, Headers.of("content-type", "text/plain"), Body.of(PAGE));
    }

    @Override
    public Response serve(Decision.Pending pending) {
      try (Body body = pending.request().body()) {
        while (body.next().isPresent()) {}
        return page();
      } catch (IOException e) {
        return Response.text(400, "cut off");
      }
    }
  }
}
