package gyre.signalling.admission;

import gyre.wire.RefusalCode;

/** Whether a message may pass. */
public sealed interface Admission {

  record Admit() implements Admission {}

  record Refuse(RefusalCode code, String reason) implements Admission {}

  static Admission of(boolean mayPass, RefusalCode code, String reason) {
    return mayPass ? new Admit() : new Refuse(code, reason);
  }
}
