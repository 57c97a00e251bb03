import type { Piece } from '../exchange/types.js';
import type { Run } from './range.js';

/**
 * Delivers the chunks of a run in order, one piece each, unverified. Ends early or fails where it cannot; with a
 * SourceError of code `changed` where the representation is another one by now.
 */
export type Source = (run: Run, signal: AbortSignal) => AsyncIterable<Piece>;

/** Why a source, or a whole download, could not deliver. */
export class SourceError extends Error {
  constructor(
    readonly code: 'lacks' | 'failed' | 'changed' | 'lied',
    message: string,
  ) {
    super(message);
    this.name = 'SourceError';
  }
}
