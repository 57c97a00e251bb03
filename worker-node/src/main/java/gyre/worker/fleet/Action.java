package gyre.worker.fleet;

/** What the node has to do next. */
public sealed interface Action {
  record Open(Job job) implements Action {}

  record Close(int tab, String reason) implements Action {}

  record Renew(int tab) implements Action {}
}
