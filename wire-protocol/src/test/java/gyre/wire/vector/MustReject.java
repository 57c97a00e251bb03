package gyre.wire.vector;

import java.util.ArrayList;
import java.util.List;

/** What no decoder may accept. */
final class MustReject {
  /** {@code codec}: client, server, signal, frames, manifest or token. */
  record Case(String name, String codec, String bytes, String reason) {}

  private final List<Case> cases = new ArrayList<>();

  private MustReject() {}

  static List<Case> all() {
    MustReject all = new MustReject();
    new BadForms(all).add();
    new BadSignalling(all).add();
    new BadFrames(all).add();
    new BadSigned(all).add();
    return List.copyOf(all.cases);
  }

  void reject(String codec, String name, String hex, String reason) {
    cases.add(new Case(codec + ": " + name, codec, hex, reason));
  }

  void reject(String codec, String name, Raw raw, String reason) {
    reject(codec, name, raw.toHex(), reason);
  }
}
