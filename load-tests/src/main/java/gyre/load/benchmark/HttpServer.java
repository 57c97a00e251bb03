package gyre.load.benchmark;

import gyre.load.benchmark.Discipline.Protocol;
import gyre.load.process.ProcessTree;
import gyre.load.process.RunningGyre;
import java.net.URI;
import java.nio.file.Path;

/** One of the two that are measured. */
record HttpServer(String name, URI plain, URI secure, ProcessTree processes) {
  static HttpServer of(RunningGyre gyre) {
    return new HttpServer(
        RunningGyre.PROXY,
        gyre.address(),
        gyre.tlsAddress(),
        gyre.server(RunningGyre.PROXY).processes());
  }

  static HttpServer of(Nginx.Proxy nginx) {
    return new HttpServer(
        "nginx",
        nginx.address(Protocol.HTTP_1),
        nginx.address(Protocol.HTTP_2),
        nginx.server().processes());
  }

  boolean isJvm() {
    return name.equals(RunningGyre.PROXY);
  }

  Contestant in(Discipline discipline, Path folder) {
    URI address =
        switch (discipline.protocol()) {
          case HTTP_1 -> plain;
          case HTTP_2 -> secure;
        };
    LoadGenerator generator =
        switch (discipline.protocol()) {
          case HTTP_1 -> new Wrk();
          case HTTP_2 -> new H2load(folder);
        };
    return new Contestant(
        Way.alone(name, address.resolve(discipline.path()), processes), generator);
  }
}
