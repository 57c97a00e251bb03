package gyre.proxy.app;

import gyre.proxy.message.Request;
import gyre.proxy.message.Response;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;

/** HTTP/1.1 to a process that listens at a Unix socket. Blocks the virtual thread. */
@FunctionalInterface
public interface ExecutorHttp {
  /**
   * Waits at most {@code deadline} for the response's head. A {@link java.net.ConnectException}
   * means that not one byte of the request went out; a {@link java.net.SocketTimeoutException} that
   * the deadline passed; any other {@link java.io.InterruptedIOException} that the thread was
   * interrupted.
   */
  Response exchange(Path socket, Request request, Duration deadline) throws IOException;
}
