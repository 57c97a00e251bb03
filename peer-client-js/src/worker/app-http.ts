/**
 * Request and Response as an app knows them. The browser's own hide headers that pages must not touch (Cookie, Referer,
 * Set-Cookie…); an app stands on the server's side and needs them all.
 */
const BrowserRequest = globalThis.Request;
const BrowserResponse = globalThis.Response;

export class AppRequest extends BrowserRequest {
  readonly #headers: Headers;

  constructor(input: RequestInfo | URL, init?: RequestInit) {
    super(input, init);
    const inherited = input instanceof AppRequest ? input.headers : super.headers;
    this.#headers = new Headers(init?.headers ?? inherited);
    const type = super.headers.get('content-type');
    if (type !== null && !this.#headers.has('content-type')) this.#headers.set('content-type', type);
  }

  static override [Symbol.hasInstance](value: unknown): boolean {
    return Function.prototype[Symbol.hasInstance].call(BrowserRequest, value);
  }

  override get headers(): Headers {
    return this.#headers;
  }

  override clone(): AppRequest {
    return new AppRequest(super.clone(), { headers: this.#headers });
  }
}

export class AppResponse extends BrowserResponse {
  readonly #headers: Headers;
  readonly #content: string | undefined;

  constructor(body?: BodyInit | null, init?: ResponseInit) {
    super(body, init);
    this.#content = typeof body === 'string' ? body : undefined;
    this.#headers = new Headers(init?.headers);
    const type = super.headers.get('content-type');
    if (type !== null && !this.#headers.has('content-type')) this.#headers.set('content-type', type);
  }

  static override [Symbol.hasInstance](value: unknown): boolean {
    return Function.prototype[Symbol.hasInstance].call(BrowserResponse, value);
  }

  static override json(data: unknown, init?: ResponseInit): AppResponse {
    const headers = new Headers(init?.headers);
    if (!headers.has('content-type')) headers.set('content-type', 'application/json');
    return new AppResponse(JSON.stringify(data), { ...init, headers });
  }

  static override redirect(url: string | URL, status = 302): AppResponse {
    return new AppResponse(null, { status, headers: { location: String(url) } });
  }

  override get headers(): Headers {
    return this.#headers;
  }

  /** The body where it is a text that nobody has begun to read: it needs no stream then. */
  static contentOf(response: Response): string | undefined {
    return #content in response && !response.bodyUsed ? response.#content : undefined;
  }

  override clone(): AppResponse {
    const { status, statusText } = this;
    return new AppResponse(super.clone().body, { status, statusText, headers: this.#headers });
  }
}
