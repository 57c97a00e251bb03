package gyre.worker;

import gyre.worker.fleet.FleetLimits;
import gyre.worker.fleet.Job;
import gyre.worker.shell.ShellApp;
import gyre.worker.shell.ShellServer;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * What the fleet works with, fixed for its life: the tabs that are wanted, how a tab is told what
 * to do, and the keys of the proxies it may trust at the moment (base64url, in order).
 */
record FleetWork(
    Map<Job, Integer> wanted,
    FleetLimits limits,
    ShellServer shell,
    TabOptions options,
    WorkerTokens tokens,
    Supplier<List<String>> proxies) {
  FleetWork {
    wanted = Map.copyOf(wanted);
  }

  ShellApp app(Job job) {
    return shell
        .app(job.app().name())
        .orElseThrow(() -> new IllegalStateException(job + " has no shell"));
  }
}
