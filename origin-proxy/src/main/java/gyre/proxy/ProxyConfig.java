package gyre.proxy;

import gyre.operations.config.ConfigFile;
import gyre.operations.config.GyreConfig;
import gyre.operations.start.StartFailure;
import java.nio.file.Path;
import java.util.Optional;

/** Where origin-proxy's configuration comes from: a file, or three options for one site. */
record ProxyConfig(
    Path file, Optional<String> upstream, Optional<String> listen, Optional<String> data) {

  GyreConfig read() {
    GyreConfig config = upstream.isPresent() ? ofOptions() : ConfigFile.read(file);
    if (config.sites().isEmpty()) {
      throw new StartFailure(file + ": no site; add one under 'sites', or start with --upstream");
    }
    config.sites().stream()
        .filter(site -> site.upstreams().isEmpty())
        .findFirst()
        .ifPresent(
            site -> {
              throw new StartFailure(
                  file + ": site '" + site.id() + "' has no upstreams; name its web server");
            });
    return config;
  }

  private GyreConfig ofOptions() {
    String yaml =
        """
        data: "%s"
        listen: "%s"
        sites:
          - id: site
            hosts: ["*"]
            upstreams: ["%s"]
        """
            .formatted(
                data.orElse("./gyre-data"), listen.orElse("0.0.0.0:8080"), upstream.orElse(""));
    return ConfigFile.parse("command line", Path.of("").toAbsolutePath(), yaml);
  }
}
