package gyre.proxy.http.exchange;

import gyre.proxy.message.Response;

/** Why a request is not served, and with which status the client learns it. */
public record Refusal(int status, String reason) {
  public static Refusal tooLarge(long limit) {
    return new Refusal(413, "the body is longer than " + limit + " bytes");
  }

  public Response response() {
    return Response.text(status, "gyre: " + reason);
  }
}
