package gyre.load.benchmark;

import gyre.load.process.ProcessTree;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * One way to get an answer: where to ask, whose CPU it costs, and, where others could step in, how
 * many answers it gave by itself so far.
 */
record Way(String name, URI target, List<ProcessTree> processes, Optional<LongSupplier> answered) {
  Way {
    processes = List.copyOf(processes);
  }

  /** One behind which nobody else stands. */
  static Way alone(String name, URI target, ProcessTree process) {
    return new Way(name, target, List.of(process), Optional.empty());
  }

  double cpuSeconds() {
    return processes.stream().mapToDouble(ProcessTree::cpuSeconds).sum();
  }
}
