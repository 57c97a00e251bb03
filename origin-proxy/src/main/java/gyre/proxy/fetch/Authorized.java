package gyre.proxy.fetch;

import gyre.proxy.message.Response;

/** An answer to somebody who proved who they are. */
sealed interface Authorized {
  /** Which says that everybody may have it. */
  record Shared(Found found) implements Authorized {}

  record Own(Response response) implements Authorized {}
}
