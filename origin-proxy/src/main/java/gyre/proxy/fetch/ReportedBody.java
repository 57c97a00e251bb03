package gyre.proxy.fetch;

import gyre.proxy.log.RationedLog;
import gyre.proxy.message.Body;
import gyre.proxy.message.Request;
import gyre.proxy.message.Response;
import gyre.proxy.message.WrappedBody;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.slf4j.LoggerFactory;

/**
 * The body of an upstream on its way to one visitor: where it breaks off, the operator reads of it,
 * and the visitor's connection ends. A visitor who leaves is no fault of the upstream.
 */
record ReportedBody(Body body, String resource, RationedLog log) implements WrappedBody {

  /** Where one flow writes down what broke off. */
  static RationedLog newLog() {
    return new RationedLog(LoggerFactory.getLogger(ReportedBody.class));
  }

  static Response on(Request request, Response response, RationedLog log) {
    return response.withBody(new ReportedBody(response.body(), request.resource(), log));
  }

  @Override
  public Optional<ByteBuffer> next() throws IOException {
    try {
      return body.next();
    } catch (InterruptedIOException e) {
      throw e;
    } catch (IOException e) {
      log.info("{} broke off: {}", resource, e.getMessage());
      throw e;
    }
  }
}
