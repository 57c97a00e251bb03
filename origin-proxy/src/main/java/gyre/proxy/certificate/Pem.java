package gyre.proxy.certificate;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Texts of labelled blocks (RFC 7468). What is not Base64 is an IllegalArgumentException. */
final class Pem {
  static final String CERTIFICATE = "CERTIFICATE";
  static final String PRIVATE_KEY = "PRIVATE KEY";
  static final String PUBLIC_KEY = "PUBLIC KEY";

  private static final int LINE = 64;

  private Pem() {}

  /** The contents of all blocks with this label, in their order. */
  static List<byte[]> blocks(byte[] pem, String label) {
    Matcher matcher =
        Pattern.compile(
                "-----BEGIN " + label + "-----([A-Za-z0-9+/=\\s]+)-----END " + label + "-----")
            .matcher(new String(pem, US_ASCII));
    List<byte[]> blocks = new ArrayList<>();
    while (matcher.find()) {
      blocks.add(Base64.getMimeDecoder().decode(matcher.group(1)));
    }
    return blocks;
  }

  static String block(String label, byte[] content) {
    String body = Base64.getMimeEncoder(LINE, "\n".getBytes(US_ASCII)).encodeToString(content);
    return "-----BEGIN " + label + "-----\n" + body + "\n-----END " + label + "-----\n";
  }
}
