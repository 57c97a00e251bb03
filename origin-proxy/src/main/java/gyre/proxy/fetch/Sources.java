package gyre.proxy.fetch;

import gyre.operations.config.SiteConfig;
import gyre.wire.AppId;
import java.util.Optional;
import java.util.function.Function;

/**
 * Everything that can answer in the cache's stead. {@code deployed} names the version of an app
 * that runs now; {@code via}: the name under which they are asked.
 */
public record Sources(
    Function<SiteConfig, UpstreamSource> upstream,
    PeerSource peers,
    AppSource workers,
    AppSource executor,
    Function<String, Optional<AppId>> deployed,
    Via via) {}
