package gyre.proxy.access;

/** Is told of every request when it is answered, or its client has left. */
public interface AccessLog {
  AccessLog NONE = access -> {};

  /** Never blocks; called on event loops. */
  void answered(Access access);
}
