package gyre.proxy.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import gyre.proxy.fetch.Decision;
import gyre.proxy.fetch.RequestService;
import gyre.proxy.message.Body;
import gyre.proxy.message.Headers;
import gyre.proxy.message.HttpVersion;
import gyre.proxy.message.Request;
import gyre.proxy.message.Response;
import gyre.proxy.message.ScriptedBody;
import gyre.proxy.route.Route;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;

/** Answers by path, at once or on a virtual thread, and remembers what it was asked. */
public final class ScriptedPages implements RequestService {
  public static final int BIG = 8 << 20;

  public final BlockingQueue<Request> asked = new LinkedBlockingQueue<>();
  public final CountDownLatch waiting = new CountDownLatch(1);
  public final CountDownLatch interrupted = new CountDownLatch(1);
  public final CountDownLatch goOn = new CountDownLatch(1);
  public final CountDownLatch gaveUp = new CountDownLatch(1);
  public final AtomicInteger given = new AtomicInteger();

  @Override
  public Decision tryNow(Request request) {
    asked.add(request);
    return switch (request.path()) {
      case "/now" -> new Decision.Answer(ok(Body.of("now".getBytes(UTF_8))));
      case "/empty" -> new Decision.Answer(ok(Body.EMPTY));
      case "/big-now" -> new Decision.Answer(ok(big().withLength(BIG)));
      default -> new Decision.Pending(request, new Route.Reject(0, ""));
    };
  }

  @Override
  public Response serve(Decision.Pending pending) throws InterruptedException {
    Request request = pending.request();
    return switch (request.path()) {
      case "/later" -> ok(Body.of("later".getBytes(UTF_8)));
      case "/early" -> {
        request.interim().responded(HttpVersion.HTTP_1_1, 103, Headers.of("link", "</style.css>"));
        yield ok(Body.of("final".getBytes(UTF_8)));
      }
      case "/echo" -> ok(request.body());
      case "/collect" -> collect(request.body());
      case "/big" -> ok(big().withTrailers(Headers.of("x-sum", "7")));
      case "/broken" -> ok(ScriptedBody.brokenAfter(ByteBuffer.allocate(10)));
      case "/bug" -> throw new IllegalStateException("a bug that the test wants");
      case "/hold" -> {
        waiting.countDown();
        goOn.await();
        yield ok(Body.of("held".getBytes(UTF_8)));
      }
      default -> forEver();
    };
  }

  private Response forEver() throws InterruptedException {
    waiting.countDown();
    try {
      new CountDownLatch(1).await();
      throw new AssertionError();
    } catch (InterruptedException e) {
      interrupted.countDown();
      throw e;
    }
  }

  private static Response collect(Body body) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    try (body) {
      for (var piece = body.next(); piece.isPresent(); piece = body.next()) {
        byte[] bytes = new byte[piece.get().remaining()];
        piece.get().get(bytes);
        all.writeBytes(bytes);
      }
      all.writeBytes(body.trailers().toString().getBytes(UTF_8));
      return ok(Body.of(all.toByteArray()));
    } catch (IOException e) {
      return Response.text(400, "cut off: " + e.getMessage());
    }
  }

  public static Response ok(Body body) {
    return new Response(200, Headers.of("content-type", "text/plain"), body);
  }

  /** In pieces of a chunk; tells whether it was given up. */
  private ScriptedBody big() {
    AtomicInteger left = new AtomicInteger(BIG);
    return new ScriptedBody(
            () -> {
              int size = Math.min(1 << 16, left.get());
              left.addAndGet(-size);
              given.addAndGet(size);
              return size == 0 ? Optional.empty() : Optional.of(ByteBuffer.allocate(size));
            })
        .onClose(
            () -> {
              if (left.get() > 0) {
                gaveUp.countDown();
              }
            });
  }
}
