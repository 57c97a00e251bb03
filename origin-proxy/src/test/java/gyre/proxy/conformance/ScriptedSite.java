package gyre.proxy.conformance;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import gyre.proxy.cache.HttpTime;
import gyre.proxy.message.Headers;
import gyre.proxy.upstream.ScriptedServer;
import gyre.wire.HeaderField;
import java.io.IOException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The site's server: each case has a folder of its own, and answers in turn what it says. */
final class ScriptedSite implements AutoCloseable {
  /** One request as it came, and what was answered. */
  record Asked(String line, Headers headers, int status, String body) {}

  private final InstantSource clock;
  private final ScriptedServer server;
  private List<Script.Answer> answers = List.of();
  private final List<Asked> asked = new ArrayList<>();
  private String folder = "";

  ScriptedSite(InstantSource clock) throws IOException {
    this.clock = clock;
    this.server = new ScriptedServer(this::converse);
  }

  int port() {
    return server.port();
  }

  /** From now on, below this folder, these are the answers. */
  synchronized void play(String caseFolder, List<Script.Answer> script) {
    folder = caseFolder;
    answers = script;
    asked.clear();
  }

  synchronized List<Asked> asked() {
    return List.copyOf(asked);
  }

  private void converse(ScriptedServer.Conversation client) throws IOException {
    for (String head = client.head(); !head.isEmpty(); head = client.head()) {
      String[] lines = head.split("\r\n");
      Headers headers = Headers.EMPTY;
      for (String line : List.of(lines).subList(1, lines.length)) {
        int colon = line.indexOf(':');
        headers =
            headers.and(
                line.substring(0, colon).toLowerCase(Locale.ROOT),
                line.substring(colon + 1).strip());
      }
      headers.first("content-length").map(Integer::parseInt).ifPresent(n -> skip(client, n));
      client.say(answer(lines[0], headers).getBytes(ISO_8859_1));
    }
  }

  private static void skip(ScriptedServer.Conversation client, int count) {
    try {
      client.bytes(count);
    } catch (IOException e) {
      throw new IllegalStateException("the request's content broke off", e);
    }
  }

  private synchronized String answer(String line, Headers headers) {
    if (!line.contains(folder)) {
      return "HTTP/1.1 599 Of Another Case\r\nContent-Length: 0\r\n\r\n";
    }
    Script.Answer answer = answers.get(Math.min(asked.size(), answers.size() - 1));
    boolean hasNone = answer.status() == 304 || answer.status() == 204 || line.startsWith("HEAD ");
    String body = hasNone ? "" : answer.body().orElse("answer " + (asked.size() + 1));
    asked.add(new Asked(line, headers, answer.status(), body));
    StringBuilder text = new StringBuilder("HTTP/1.1 " + answer.status() + " Scripted\r\n");
    for (HeaderField field : answer.headers().fields()) {
      text.append(field.name()).append(": ").append(field.value().replace("{folder}", folder));
      text.append("\r\n");
    }
    if (answer.isDated() && !answer.headers().fields().stream().anyMatch(ScriptedSite::isDate)) {
      text.append("Date: ").append(HttpTime.format(clock.instant())).append("\r\n");
    }
    if (!hasNone) {
      text.append("Content-Length: ").append(body.length()).append("\r\n");
    }
    return text.append("\r\n").append(body).toString();
  }

  private static boolean isDate(HeaderField field) {
    return field.name().equalsIgnoreCase("date");
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
