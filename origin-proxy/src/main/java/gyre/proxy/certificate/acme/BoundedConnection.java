package gyre.proxy.certificate.acme;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpResponse.BodySubscribers;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.shredzone.acme4j.Session;
import org.shredzone.acme4j.connector.DefaultConnection;
import org.shredzone.acme4j.connector.HttpConnector;

/**
 * acme4j's connection with one deadline for a whole response and a limit on its length; without
 * them an authority could hold an attempt for ever. The addresses that an authority names are
 * reached by https as its directory is, so that it cannot have us ask a neighbour that trusts who
 * asks in cleartext (RFC 8555, 6.1). Used by one thread.
 */
final class BoundedConnection extends DefaultConnection {
  private static final int LARGEST = 1 << 20;

  private static final BodyHandler<InputStream> WHOLE =
      BodyHandlers.limiting(
          head -> BodySubscribers.mapping(BodySubscribers.ofByteArray(), ByteArrayInputStream::new),
          LARGEST);

  private final Consumer<HttpResponse<?>> seen;

  /** {@code seen}: is told of every response. */
  BoundedConnection(HttpConnector connector, Consumer<HttpResponse<?>> seen) {
    super(connector);
    this.seen = seen;
  }

  @Override
  protected void sendRequest(Session session, URL url, Consumer<HttpRequest.Builder> body)
      throws IOException {
    if (!url.getProtocol().equals(session.getServerUri().getScheme())) {
      throw new IOException(url + " is not reached as the directory is");
    }
    HttpRequest.Builder request =
        httpConnector
            .createRequestBuilder(url)
            .header("Accept-Charset", "utf-8")
            .header("Accept-Language", session.getLanguageHeader());
    body.accept(request);
    HttpResponse<InputStream> response =
        await(httpClient.sendAsync(request.build(), WHOLE), session.networkSettings().getTimeout());
    seen.accept(response);
    lastResponse = response;
  }

  private static <T> T await(CompletableFuture<T> answer, Duration deadline) throws IOException {
    try {
      return answer.get(deadline.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof IOException io ? io : new IOException(e.getCause());
    } catch (TimeoutException e) {
      answer.cancel(true);
      throw new IOException("no answer within " + deadline.toSeconds() + " s", e);
    } catch (InterruptedException e) {
      answer.cancel(true);
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }
}
