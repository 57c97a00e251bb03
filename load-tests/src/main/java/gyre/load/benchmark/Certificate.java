package gyre.load.benchmark;

import gyre.operations.start.StartFailure;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A self-signed certificate for localhost and its key, as PEM files. */
record Certificate(Path chain, Path key) {

  /** Makes one with openssl; a StartFailure where that is missing. */
  static Certificate make(Path folder) {
    Certificate made = new Certificate(folder.resolve("site.pem"), folder.resolve("site.key"));
    String said =
        LoadGenerator.output(
            List.of(
                "openssl",
                "req",
                "-x509",
                "-newkey",
                "ec",
                "-pkeyopt",
                "ec_paramgen_curve:P-256",
                "-nodes",
                "-days",
                "2",
                "-subj",
                "/CN=localhost",
                "-addext",
                "subjectAltName=DNS:localhost,IP:127.0.0.1",
                "-keyout",
                made.key.toString(),
                "-out",
                made.chain.toString()),
            "openssl");
    if (!Files.exists(made.chain)) {
      throw new StartFailure("openssl made no certificate: " + said.strip());
    }
    return made;
  }
}
