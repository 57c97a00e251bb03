package gyre.proxy.http.h2;

/**
 * The streams that we reset not long ago: the client may not know yet, and what it sent meanwhile
 * is ignored (RFC 9113, 5.4.2). Owned by the event loop.
 */
final class RecentResets {
  private static final int REMEMBERED = 64;

  private int[] ids = {};
  private int next;

  void add(int id) {
    if (ids.length == 0) {
      ids = new int[REMEMBERED];
    }
    ids[next] = id;
    next = (next + 1) % REMEMBERED;
  }

  /** The client has closed it as well: nothing of it is on its way. */
  void forget(int id) {
    for (int i = 0; i < ids.length; i++) {
      if (ids[i] == id) {
        ids[i] = 0;
      }
    }
  }

  boolean contains(int id) {
    for (int reset : ids) {
      if (reset == id) {
        return true;
      }
    }
    return false;
  }
}
