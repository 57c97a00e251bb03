package gyre.proxy.message;

/** The version in which a message came, as RFC 9110, 2.5, writes it. */
public enum HttpVersion {
  HTTP_1_0("1.0"),
  HTTP_1_1("1.1"),
  HTTP_2("2.0"),
  HTTP_3("3.0");

  private final String text;

  HttpVersion(String text) {
    this.text = text;
  }

  public String text() {
    return text;
  }
}
