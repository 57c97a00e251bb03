package gyre.proxy.http.exchange;

import gyre.proxy.access.AccessLog;
import gyre.proxy.fetch.RequestService;
import gyre.proxy.transport.Transport;
import io.netty.handler.ssl.SslContext;
import java.time.InstantSource;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * What every connection of the front shares. {@code waiting} counts the requests on virtual
 * threads.
 */
public record Front(
    RequestService service,
    FrontLimits limits,
    Transport transport,
    SslContext clientTls,
    ExecutorService virtualThreads,
    AccessLog accessLog,
    InstantSource clock,
    HttpDate date,
    AtomicInteger waiting,
    AtomicBoolean draining) {}
