import type { PortOffer, PortWish, TurnedOff } from '../port/messages.js';

const SCRIPT = '/peer-sw.js';

export interface ServiceWorkerOptions {
  /** One end of a new MessageChannel, for the data worker. */
  readonly onPort: (port: MessagePort) => void;
}

/** The page's side of the service worker, be it ours or a site's own that imports ours. */
export class ServiceWorkerLink {
  readonly #options: ServiceWorkerOptions;
  readonly #container: ServiceWorkerContainer;
  /** Both false: not decided yet, and the service worker may wait for it. */
  #isOn = false;
  #isOff = false;

  constructor(container: ServiceWorkerContainer, options: ServiceWorkerOptions) {
    this.#container = container;
    this.#options = options;
    container.addEventListener('message', ({ data, source }: MessageEvent<Partial<PortWish> | null>) => {
      if (data?.gyre !== 'port?' || !(source instanceof ServiceWorker)) return;
      if (this.#isOn) this.#offer(source);
      else if (this.#isOff) source.postMessage({ gyre: 'off' } satisfies TurnedOff);
    });
    container.startMessages();
  }

  /** Serves whoever controls the page already: what it asks is answered as soon as the data worker may. */
  serve(): void {
    const wasOn = this.#isOn;
    this.#isOn = true;
    this.#isOff = false;
    this.#container.addEventListener('controllerchange', this.#greet);
    if (!wasOn) this.#greet();
  }

  /** Registers ours where the site has none of its own. */
  async register(): Promise<void> {
    const known = await this.#container.getRegistration('/');
    if (!this.#isOn || (known !== undefined && !isOurs(scriptOf(known)))) return;
    await this.#container.register(SCRIPT, { scope: '/', updateViaCache: 'none' });
  }

  /** At once: what the service worker still gets to see, it lets pass. */
  async turnOff(): Promise<void> {
    this.#isOn = false;
    this.#isOff = true;
    this.#container.removeEventListener('controllerchange', this.#greet);
    this.#container.controller?.postMessage({ gyre: 'off' } satisfies TurnedOff);
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
