import type { PortWish } from '../port/messages.js';
import { type Deferred, deferred } from '../time/deferred.js';
import type { Timers } from '../time/timers.js';

export interface PortsOptions<Port> {
  readonly timers: Timers;
  /** Sends a wish to a page; false where it is no more. */
  readonly wish: (client: string, wish: PortWish) => Promise<boolean>;
  readonly waitMs: () => number;
  /** Told of each port once. */
  readonly onPort: (port: Port) => void;
}

type State<Port> =
  | { readonly kind: 'port'; readonly port: Port }
  | { readonly kind: 'wished'; readonly port: Deferred<Port | undefined> }
  /** It did not answer in time, or turned Gyre off: nobody waits for it until it offers a port by itself. */
  | { readonly kind: 'silent' };

const MOST_CLIENTS = 256;

/**
 * The ports to the data workers of pages. A service worker that the browser stopped has lost them all and asks the page
 * for a new one; a page that does not answer in time delays its first requests once, and no more.
 */
export class Ports<Port> {
  readonly #options: PortsOptions<Port>;
  readonly #clients = new Map<string, State<Port>>();
  readonly #off = new Set<string>();
  /** Clients whose last port was of no use. */
  readonly #doubted = new Set<string>();

  constructor(options: PortsOptions<Port>) {
    this.#options = options;
  }

  offered(client: string, port: Port): void {
    this.#off.delete(client);
    const state = this.#clients.get(client);
    this.#set(client, { kind: 'port', port });
    this.#options.onPort(port);
    if (state?.kind === 'wished') state.port.resolve(port);
  }

  turnedOff(client: string): void {
    addTo(this.#off, client);
    this.silence(client);
  }

  /** Nobody waits for its port until it offers one by itself. */
  silence(client: string): void {
    const state = this.#clients.get(client);
    this.#set(client, { kind: 'silent' });
    if (state?.kind === 'wished') state.port.resolve(undefined);
  }

  /** Gyre is turned off there: not even the store answers. */
  isOff(client: string): boolean {
    return this.#off.has(client);
  }

  /** The port was of no use: ask the page anew, but not a second time in a row. */
  lost(client: string, port: Port): void {
    const state = this.#clients.get(client);
    if (state?.kind !== 'port' || state.port !== port) return;
    if (this.#doubted.delete(client)) return this.silence(client);
    addTo(this.#doubted, client);
    this.#clients.delete(client);
  }

  /** The client's port is of use. */
  heard(client: string): void {
    this.#doubted.delete(client);
  }

  /** A port answers after all, though too late: it was slow, as data workers are that have just begun. */
  revived(client: string, port: Port): void {
    if (this.#clients.get(client)?.kind === 'silent' && !this.isOff(client)) this.#set(client, { kind: 'port', port });
  }

  /** The page's port where it is here already; nobody is asked and nothing is waited for. */
  here(client: string): Port | undefined {
    const state = this.#clients.get(client);
    return state?.kind === 'port' ? state.port : undefined;
  }

  /** The page's port, within the time to wait; undefined where there is none. */
  async of(client: string): Promise<Port | undefined> {
    const state = this.#clients.get(client) ?? this.#wish(client);
    switch (state.kind) {
      case 'port':
        return state.port;
      case 'wished':
        return state.port.promise;
      case 'silent':
        return undefined;
      default:
        return state satisfies never;
    }
  }

  #wish(client: string): State<Port> {
    const port = deferred<Port | undefined>();
    const state: State<Port> = { kind: 'wished', port };
    this.#set(client, state);
    const giveUp = () => {
      if (this.#clients.get(client) === state) this.silence(client);
    };
    this.#options.timers.schedule(giveUp, this.#options.waitMs());
    void this.#options.wish(client, { gyre: 'port?' }).then((isThere) => {
      if (!isThere) giveUp();
    }, giveUp);
    return state;
  }

  #set(client: string, state: State<Port>): void {
    this.#clients.delete(client);
    this.#clients.set(client, state);
    if (this.#clients.size <= MOST_CLIENTS) return;
    const [oldest] = this.#clients.keys();
    if (oldest !== undefined) this.#clients.delete(oldest);
  }
}

function addTo(clients: Set<string>, client: string): void {
  clients.delete(client);
  clients.add(client);
  const [oldest] = clients;
  if (clients.size > MOST_CLIENTS && oldest !== undefined) clients.delete(oldest);
}
