package gyre.proxy.http.h2;

import gyre.proxy.http.exchange.FieldSection;
import gyre.proxy.message.HttpVersion;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.util.AsciiString;

/** A {@link FieldSection} as Netty's HPACK decoder fills it. Owned by the event loop. */
@SuppressWarnings("serial") // Netty's headers are not serialized
final class SectionHeaders extends DefaultHttp2Headers {
  private final FieldSection section = new FieldSection(HttpVersion.HTTP_2);

  SectionHeaders() {
    super(false, 2);
  }

  @Override
  public Http2Headers add(CharSequence name, CharSequence value) {
    section.take((AsciiString) name, (AsciiString) value);
    return this;
  }

  FieldSection section() {
    return section;
  }
}
