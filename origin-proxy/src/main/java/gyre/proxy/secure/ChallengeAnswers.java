package gyre.proxy.secure;

import static java.nio.charset.StandardCharsets.US_ASCII;

import gyre.proxy.certificate.PendingProofs;
import gyre.proxy.fetch.Decision;
import gyre.proxy.fetch.RequestService;
import gyre.proxy.message.Body;
import gyre.proxy.message.Headers;
import gyre.proxy.message.Request;
import gyre.proxy.message.Response;
import java.util.Optional;

/**
 * Shows a certificate authority that a host is ours (RFC 8555, 8.3). Only what it asked of that
 * host, while it asks; every other request goes on.
 */
public final class ChallengeAnswers implements RequestService {
  static final String PATH = "/.well-known/acme-challenge/";

  private final RequestService service;
  private final PendingProofs proofs;

  public ChallengeAnswers(RequestService service, PendingProofs proofs) {
    this.service = service;
    this.proofs = proofs;
  }

  @Override
  public Decision tryNow(Request request) {
    if (!request.target().startsWith(PATH) || !request.isRead()) {
      return service.tryNow(request);
    }
    return proof(request)
        .<Decision>map(Decision.Answer::new)
        .orElseGet(() -> service.tryNow(request));
  }

  private Optional<Response> proof(Request request) {
    return proofs
        .content(request.host(), request.target().substring(PATH.length()))
        .map(
            content ->
                new Response(
                    200,
                    Headers.of(
                        "content-type", "application/octet-stream", "cache-control", "no-store"),
                    Body.of(content.getBytes(US_ASCII))));
  }

  @Override
  public Response serve(Decision.Pending pending) throws InterruptedException {
    return service.serve(pending);
  }
}
