package gyre.proxy.transport;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufAllocatorMetric;
import io.netty.buffer.ByteBufAllocatorMetricProvider;
import io.netty.util.internal.PlatformDependent;
import java.util.function.LongSupplier;

/**
 * What the buffers of all connections take outside the heap, in bytes, and the {@code most} that
 * the JVM grants them ({@code -XX:MaxDirectMemorySize}, by default as much as the heap). Any
 * thread.
 */
public record BufferMemory(LongSupplier used, long most) {

  static BufferMemory ofNetty() {
    ByteBufAllocatorMetric metric =
        ((ByteBufAllocatorMetricProvider) ByteBufAllocator.DEFAULT).metric();
    return new BufferMemory(metric::usedDirectMemory, PlatformDependent.maxDirectMemory());
  }

  public long bytes() {
    return used.getAsLong();
  }

  /** Tells of {@link #bytes}, from now on. */
  public void report(MeterRegistry metrics) {
    Gauge.builder("gyre.proxy.buffer.bytes", this, BufferMemory::bytes)
        .description("memory of connections' buffers outside the heap")
        .register(metrics);
  }

  /** Whether so little is left that it is for what is under way. */
  public boolean isTight() {
    return bytes() > most - most / 4;
  }
}
