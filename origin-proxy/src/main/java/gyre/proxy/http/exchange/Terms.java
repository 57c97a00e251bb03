package gyre.proxy.http.exchange;

import gyre.proxy.access.AccessLog;
import gyre.proxy.access.Traffic;
import gyre.proxy.fetch.RequestService;
import gyre.proxy.sender.TrustedProxies;

/** How the front serves: who answers, within which limits, whom it believes, whom it tells. */
public record Terms(
    RequestService service,
    FrontLimits limits,
    TrustedProxies trustedProxies,
    AccessLog accessLog,
    Traffic traffic) {

  /** Without anybody who counts. */
  public Terms(
      RequestService service,
      FrontLimits limits,
      TrustedProxies trustedProxies,
      AccessLog accessLog) {
    this(service, limits, trustedProxies, accessLog, Traffic.NONE);
  }

  /** The defaults: nobody is trusted, nothing is logged. */
  public static Terms of(RequestService service) {
    return new Terms(service, FrontLimits.DEFAULT, TrustedProxies.NONE, AccessLog.NONE);
  }
}
