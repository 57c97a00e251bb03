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
 * Shows a certificate authority that a host is ours (RFC 8555, 8.3): only what it asked of that
 * host, while it asks. Of a host whose certificates we get no other challenge is passed on, so that
 * whoever can write to the site's server cannot have one signed for himself.
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
    if (!request.target().startsWith(PATH)) {
      return service.tryNow(request);
    }
    Optional<Response> proof = request.isRead() ? proof(request) : Optional.empty();
    if (proof.isPresent()) {
      return new Decision.Answer(proof.get());
    }
    return proofs.owns(request.host()) ? new Decision.Answer(nothing()) : service.tryNow(request);
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

  private static Response nothing() {
    Response response = Response.text(404, "gyre: no such challenge");
    return response.withHeaders(response.headers().and("cache-control", "no-store"));
  }

  @Override
  public Response serve(Decision.Pending pending) throws InterruptedException {
    return service.serve(pending);
  }
}
