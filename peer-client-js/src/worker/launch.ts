/** How long a handler may take to answer, from now; the page takes it off the request. */
export const DEADLINE_HEADER = 'gyre-deadline-ms';
/** Asked of a dedicated worker by its page: whoever can answer is not stuck. */
export const ALIVE_TARGET = 'gyre:alive';
/** The dedicated worker of this name keeps the page's timers. */
export const CLOCK_NAME = 'clock';

/** The page's first message to a dedicated worker. */
export interface Launch {
  readonly app: string;
  readonly env: Readonly<Record<string, string>>;
}

/** The dedicated worker's first message to the page; those after it carry exchanges. */
export type LaunchOutcome = { readonly type: 'ready' } | { readonly type: 'broken'; readonly reason: string };
