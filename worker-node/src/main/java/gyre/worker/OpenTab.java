package gyre.worker;

import gyre.wire.key.VerifyingKey;
import gyre.worker.browser.TabState;
import gyre.worker.fleet.Tab;
import java.time.Instant;
import java.util.List;

/**
 * A tab of the running browser: its window handle, the key it made, the proxies' keys it was told
 * to trust, and what it said last.
 */
record OpenTab(Tab tab, String handle, VerifyingKey key, List<String> proxies, TabState state) {
  OpenTab {
    proxies = List.copyOf(proxies);
  }

  OpenTab seen(TabState now, Instant when) {
    return new OpenTab(tab.seen(now.vitals(), when), handle, key, proxies, now);
  }

  OpenTab gone() {
    return new OpenTab(tab.gone(), handle, key, proxies, state);
  }

  OpenTab renewed(Instant expires) {
    return new OpenTab(tab.renewed(expires), handle, key, proxies, state);
  }

  /** Compared with the proxies that may be trusted now. */
  OpenTab comparedWith(List<String> trusted) {
    Tab.Trust trust =
        !trusted.containsAll(proxies)
            ? Tab.Trust.TRUSTS_OTHERS
            : proxies.containsAll(trusted) ? Tab.Trust.CURRENT : Tab.Trust.LACKS_SOME;
    return new OpenTab(tab.trusting(trust), handle, key, proxies, state);
  }
}
