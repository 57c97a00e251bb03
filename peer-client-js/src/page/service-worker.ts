import type { PortOffer, PortWish, RefusedPort } from '../port/messages.js';

const SCRIPT = '/peer-sw.js';

export interface ServiceWorkerOptions {
  /** One end of a new MessageChannel, for the data worker. */
  readonly onPort: (port: MessagePort) => void;
}

/** The page's side of the service worker, be it ours or a site's own that imports ours. */
export class ServiceWorkerLink {
  readonly #options: ServiceWorkerOptions;
  readonly #container: ServiceWorkerContainer;
  /** Undefined: not decided yet, and the service worker may wait for it. */
  #answer: 'port' | RefusedPort['gyre'] | undefined;

  constructor(container: ServiceWorkerContainer, options: ServiceWorkerOptions) {
    this.#container = container;
    this.#options = options;
    container.addEventListener('message', ({ data, source }: MessageEvent<Partial<PortWish> | null>) => {
      if (data?.gyre !== 'port?' || !(source instanceof ServiceWorker)) return;
      if (this.#answer === 'port') this.#offer(source);
      else if (this.#answer !== undefined) source.postMessage({ gyre: this.#answer } satisfies RefusedPort);
    });
    container.startMessages();
  }

  /** Serves whoever controls the page already: what it asks is answered as soon as the data worker may. */
  serve(): void {
    const wasOn = this.#answer === 'port';
    this.#answer = 'port';
    this.#container.addEventListener('controllerchange', this.#greet);
    if (!wasOn) this.#greet();
  }

  /** Registers ours where the site has none of its own. */
  async register(): Promise<void> {
    const known = await this.#container.getRegistration('/');
    if (this.#answer !== 'port' || (known !== undefined && !isOurs(scriptOf(known)))) return;
    await this.#container.register(SCRIPT, { scope: '/', updateViaCache: 'none' });
  }

  /** Nobody answers here until `serve`: whoever asks is told, and whoever controls the page is then greeted anew. */
  rest(answer: RefusedPort['gyre']): void {
    this.#answer = answer;
    this.#container.removeEventListener('controllerchange', this.#greet);
  }

  /** The same, told at once. */
  leave(answer: RefusedPort['gyre']): void {
    this.rest(answer);
    this.#container.controller?.postMessage({ gyre: answer } satisfies RefusedPort);
  }

  /** At once: what the service worker still gets to see, it lets pass. */
  async turnOff(): Promise<void> {
    this.leave('off');
    const known = await this.#container.getRegistration('/');
    if (known !== undefined && isOurs(scriptOf(known))) await known.unregister();
  }

  /** A service worker of the site's own is not spoken to unless it asks. */
  #greet = () => {
    const { controller } = this.#container;
    if (controller !== null && isOurs(controller.scriptURL)) this.#offer(controller);
  };

  #offer(serviceWorker: ServiceWorker): void {
    const { port1, port2 } = new MessageChannel();
    serviceWorker.postMessage({ gyre: 'port' } satisfies PortOffer, [port1]);
    this.#options.onPort(port2);
  }
}

function scriptOf({ active, waiting, installing }: ServiceWorkerRegistration): string {
  return (active ?? waiting ?? installing)?.scriptURL ?? '';
}

function isOurs(scriptUrl: string): boolean {
  return scriptUrl !== '' && new URL(scriptUrl).pathname === SCRIPT;
}
