package gyre.proxy.admission;

import gyre.operations.config.LimitsConfig;
import gyre.proxy.fetch.Decision;
import gyre.proxy.fetch.RequestService;
import gyre.proxy.log.RationedLog;
import gyre.proxy.message.Request;
import gyre.proxy.message.Response;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.InstantSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers 429 (RFC 6585, 4) to clients that ask more often than they may, before anything else of
 * their request is looked at.
 */
public final class RateLimit implements RequestService {
  private static final Logger log = LoggerFactory.getLogger(RateLimit.class);
  private static final RationedLog rationed = new RationedLog(log);

  private final RequestService service;
  private final RequestRates rates;
  private final Counter refused;

  private RateLimit(RequestService service, RequestRates rates, Counter refused) {
    this.service = service;
    this.rates = rates;
    this.refused = refused;
  }

  /** The service itself where there is no limit. */
  public static RequestService before(
      RequestService service,
      LimitsConfig.PerClient limits,
      MeterRegistry metrics,
      InstantSource clock) {
    if (limits.requestsPerSecond().isEmpty()) {
      return service;
    }
    int rate = limits.requestsPerSecond().get();
    return new RateLimit(
        service,
        new RequestRates(rate, limits.burst().orElse(2 * rate), clock),
        Counter.builder("gyre.proxy.refused").tag("limit", "requests").register(metrics));
  }

  @Override
  public Decision tryNow(Request request) {
    Duration wait = rates.take(request.client());
    if (wait.isZero()) {
      return service.tryNow(request);
    }
    refused.increment();
    rationed.info("429 for {}: more than its requests per second", request.client());
    Response response = Response.text(429, "gyre: too many requests from this address");
    long seconds = Math.max(1, wait.plusMillis(999).toSeconds());
    return new Decision.Answer(
        response.withHeaders(response.headers().and("retry-after", Long.toString(seconds))));
  }

  @Override
  public Response serve(Decision.Pending pending) throws InterruptedException {
    return service.serve(pending);
  }
}
