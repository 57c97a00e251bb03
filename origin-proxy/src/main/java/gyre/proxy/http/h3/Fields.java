package gyre.proxy.http.h3;

import gyre.proxy.http.exchange.ResponseFields;
import gyre.proxy.message.Headers;
import gyre.wire.HeaderField;
import io.netty.handler.codec.http3.DefaultHttp3Headers;
import io.netty.handler.codec.http3.Http3Headers;

/** Field sections as Netty's QPACK encoder takes them. */
final class Fields {
  private static final int USUAL = 16;

  private Fields() {}

  static Http3Headers of(ResponseFields head) {
    Http3Headers fields = new DefaultHttp3Headers(false, USUAL);
    head.each(fields::add);
    return fields;
  }

  static Http3Headers ofTrailers(Headers trailers) {
    Http3Headers fields = new DefaultHttp3Headers(false, USUAL);
    for (HeaderField field : trailers.fields()) {
      fields.add(field.name(), field.value());
    }
    return fields;
  }
}
