package gyre.proxy.message;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.OptionalLong;

/** Another body with something added: whatever is not overridden is the other's. */
public interface WrappedBody extends Body {
  /** The other one. */
  Body body();

  @Override
  default Optional<ByteBuffer> next() throws IOException {
    return body().next();
  }

  @Override
  default boolean isReady() {
    return body().isReady();
  }

  @Override
  default boolean announce(Runnable onReady) {
    return body().announce(onReady);
  }

  @Override
  default OptionalLong length() {
    return body().length();
  }

  @Override
  default Headers trailers() {
    return body().trailers();
  }

  @Override
  default void close() {
    body().close();
  }
}
