package gyre.signalling.directory;

import java.time.Instant;
import java.util.List;

/**
 * Soft state of all sites: it can be lost and refills by itself. Sites are separate: nothing that a
 * peer of one site says or learns touches another. Owned by one thread; {@code now} never goes
 * back.
 */
public interface Directory {

  /** Applies the command; the replies are to be carried out in this order. */
  List<Reply> apply(Command command, Instant now);

  /** What there is, for the operator's eyes. */
  Census census(Instant now);
}
