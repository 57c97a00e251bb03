package gyre.worker;

import gyre.operations.config.IceConfig;
import gyre.worker.fleet.Job;
import gyre.worker.shell.ShellApp;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What a tab is told when it starts: the argument of {@code gyreWorker.start}. */
record TabOptions(URI signalling, IceConfig ice, int threads) {

  Map<String, Object> of(Job job, ShellApp app, String token, List<String> proxies) {
    Map<String, Object> options = new LinkedHashMap<>();
    options.put("signalUrl", signalling.toString());
    options.put("site", job.site());
    options.put("token", token);
    options.put("app", job.app().toString());
    options.put("cores", threads);
    options.put("ice", ice.servers().stream().map(TabOptions::server).toList());
    options.put("proxies", proxies);
    options.put("env", app.vars());
    return options;
  }

  private static Map<String, Object> server(IceConfig.Server server) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("urls", server.urls());
    server.username().ifPresent(name -> fields.put("username", name));
    server.credential().ifPresent(credential -> fields.put("credential", credential));
    return fields;
  }
}
