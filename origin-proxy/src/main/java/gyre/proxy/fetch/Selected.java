package gyre.proxy.fetch;

import gyre.proxy.message.Headers;
import gyre.wire.HeaderField;
import java.time.Duration;

/**
 * The representation that answers: its head and content, its age now, and this cache's member of
 * Cache-Status.
 */
record Selected(
    int status, Headers headers, StoredAnswer.Content content, Duration age, HeaderField member) {

  Selected with(Headers changed, StoredAnswer.Content as) {
    return new Selected(status, changed, as, age, member);
  }
}
