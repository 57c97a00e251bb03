package gyre.worker;

import gyre.wire.Bytes;
import gyre.wire.key.VerifyingKey;
import gyre.worker.browser.BrowserLostException;
import gyre.worker.browser.ChromeBrowser;
import gyre.worker.browser.OpenedTab;
import gyre.worker.browser.TabException;
import gyre.worker.browser.TabState;
import gyre.worker.fleet.Action;
import gyre.worker.fleet.FleetPlan;
import gyre.worker.fleet.Job;
import gyre.worker.fleet.Openings;
import gyre.worker.fleet.Tab;
import gyre.worker.fleet.Tab.Trust;
import gyre.worker.fleet.Tab.Vitals;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tends the tabs of one browser: looks at each, then does what the plan says. Owned by the fleet's
 * thread.
 */
final class TabKeeper {
  private static final Logger LOG = LoggerFactory.getLogger(TabKeeper.class);

  private final ChromeBrowser browser;
  private final FleetWork work;
  private final InstantSource clock;
  private final Map<Integer, OpenTab> tabs = new LinkedHashMap<>();
  private Openings openings = Openings.NONE;
  private int lastTab;

  TabKeeper(ChromeBrowser browser, FleetWork work, InstantSource clock) {
    this.browser = browser;
    this.work = work;
    this.clock = clock;
  }

  List<OpenTab> tabs() {
    return List.copyOf(tabs.values());
  }

  /** One look at every tab, and what follows from it. */
  void tend() throws BrowserLostException {
    List<String> proxies = work.proxies().get();
    for (OpenTab open : tabs()) {
      tabs.put(open.tab().id(), look(open).comparedWith(proxies));
    }
    List<Tab> seen = new ArrayList<>();
    tabs.values().forEach(open -> seen.add(open.tab()));
    Map<Job, Integer> wanted = proxies.isEmpty() ? Map.of() : work.wanted();
    for (Action action :
        FleetPlan.actions(wanted, seen, openings, work.limits(), clock.instant())) {
      switch (action) {
        case Action.Open open -> open(open.job(), proxies);
        case Action.Renew renew -> renew(tabs.get(renew.tab()));
        case Action.Close close -> close(close.tab(), close.reason());
      }
    }
  }

  /** Kills the renderers of this app's tabs. */
  void crash(String app) throws BrowserLostException {
    for (OpenTab open : tabs()) {
      if (open.tab().job().app().name().equals(app)) {
        LOG.warn("tab {} ({}) is killed, as was asked", open.tab().id(), open.tab().job());
        browser.crash(open.handle());
      }
    }
  }

  private OpenTab look(OpenTab open) throws BrowserLostException {
    try {
      TabState state = browser.look(open.handle());
      return open.seen(state, clock.instant());
    } catch (TabException e) {
      LOG.debug("tab {} ({}): {}", open.tab().id(), open.tab().job(), e.getMessage());
      return e.isGone() ? open.gone() : open;
    }
  }

  private void open(Job job, List<String> proxies) throws BrowserLostException {
    Instant now = clock.instant();
    try {
      OpenedTab opened = browser.open(work.shell().shellOf(job.app().name()));
      register(job, opened, proxies, now);
      openings = openings.worked(job);
    } catch (TabException e) {
      openings = openings.failed(job, work.limits(), now);
      LOG.warn("no tab for {}: {}", job, e.getMessage());
    }
  }

  private void register(Job job, OpenedTab opened, List<String> proxies, Instant now)
      throws TabException, BrowserLostException {
    VerifyingKey key =
        new VerifyingKey(Bytes.owning(Base64.getUrlDecoder().decode(opened.publicKey())));
    WorkerTokens.Issued token = work.tokens().issue(job.site(), key, now);
    try {
      browser.start(opened.handle(), work.options().of(job, work.app(job), token.text(), proxies));
    } catch (TabException e) {
      browser.close(opened.handle());
      throw e;
    }
    Tab tab = new Tab(++lastTab, job, clock.instant(), token.expires(), Vitals.NEW, Trust.CURRENT);
    tabs.put(tab.id(), new OpenTab(tab, opened.handle(), key, proxies, TabState.NEW));
    LOG.info("tab {} runs {}", tab.id(), job);
  }

  private void renew(OpenTab open) throws BrowserLostException {
    WorkerTokens.Issued token =
        work.tokens().issue(open.tab().job().site(), open.key(), clock.instant());
    try {
      browser.renew(open.handle(), token.text());
      tabs.put(open.tab().id(), open.renewed(token.expires()));
    } catch (TabException e) {
      LOG.warn("tab {} took no new token: {}", open.tab().id(), e.getMessage());
    }
  }

  private void close(int id, String reason) throws BrowserLostException {
    OpenTab open = tabs.remove(id);
    if (open != null) {
      LOG.info("tab {} ({}) is closed: {}", id, open.tab().job(), reason);
      browser.close(open.handle());
    }
  }
}
