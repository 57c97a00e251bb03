package gyre.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gyre.operations.start.ServerCommand;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

/** What {@code --check} says of {@code tls.acme}. */
class AcmeCheckTest {
  @TempDir Path folder;

  private record Said(int status, String text) {}

  private Said check(String acme, String host) throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("gyre.yaml"),
            """
            data: %s
            tls: { acme: { directory: "https://ca.test/dir", %s } }
            sites: [{ id: s, hosts: ['%s'], upstreams: ["http://127.0.0.1:9"] }]
            """
                .formatted(folder.resolve("data"), acme, host));
    StringWriter said = new StringWriter();
    int status =
        new CommandLine(new Main())
            .setErr(new PrintWriter(said, true))
            .setExecutionExceptionHandler(ServerCommand.oneLine())
            .execute("--check", "--config", file.toString());
    return new Said(status, said.toString());
  }

  @Test
  void aConfigurationThatCanWorkIsFineAndNothingIsWrittenOrAsked() throws Exception {
    assertEquals(new Said(0, ""), check("terms-agreed: true", "a.test"));
    assertFalse(Files.exists(folder.resolve("data")));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          terms-agreed: false                       | a.test   | tls.acme.terms-agreed is not true
          terms-agreed: true, ca: missing.pem       | a.test   | tls.acme.ca: %/missing.pem cannot be used
          terms-agreed: true, challenges: [dns-01]  | a.test   | 'dns-01' is none of http-01, tls-alpn-01
          terms-agreed: true                        | *.a.test | name each host, or a certificate file
          terms-agreed: true                        | a_b.test | is not a DNS name
          terms-agreed: true                        | 10.0.0.1 | no site has a host that a certificate can be had for
          """)
  void whatCannotWorkIsSaidInOneLine(String acme, String host, String complaint) throws Exception {
    Said said = check(acme, host);
    assertEquals(2, said.status());
    assertEquals(1, said.text().lines().count());
    assertTrue(said.text().contains(complaint.replace("%", folder.toString())), said.text());
  }

  @Test
  void aDamagedKeyOfTheAccountIsNamed() throws Exception {
    Path key = folder.resolve("data/acme/ca.test_dir/account.key");
    Files.createDirectories(key.getParent());
    var _ = Files.writeString(key, "-----BEGIN PRIVATE KEY-----\nMIG");
    Said said = check("terms-agreed: true", "a.test");
    assertEquals(2, said.status());
    assertTrue(said.text().contains(key + ": not the key of an account"), said.text());
  }
}
