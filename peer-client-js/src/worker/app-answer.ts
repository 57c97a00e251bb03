import { bytesBody, EMPTY_BODY } from '../exchange/body.js';
import {
  type Answerer,
  type Body,
  ExchangeError,
  type ExchangeRequest,
  type ExchangeResponse,
  type Piece,
} from '../exchange/types.js';
import { AppRequest, AppResponse } from './app-http.js';
import { ALIVE_TARGET } from './launch.js';

/** What an app's module exports by default. */
export interface App {
  fetch(request: Request, env: Readonly<Record<string, string>>, context: AppContext): Response | Promise<Response>;
}

export interface AppContext {
  /** Work that goes on after the response. */
  waitUntil(work: Promise<unknown>): void;
  /** If the handler fails, the request goes to the next source instead of being answered with 500. */
  passThroughOnException(): void;
}

/** Answers exchanges with an app's handler. `onError` learns of what the handler failed with. */
export function appAnswerer(
  app: App,
  env: Readonly<Record<string, string>>,
  onError: (error: unknown) => void,
): Answerer {
  return async (request, signal) => {
    if (request.target === ALIVE_TARGET) return plain(204, '');
    let mayPass = false;
    const context: AppContext = {
      waitUntil: (work) => {
        Promise.resolve(work).catch(onError);
      },
      passThroughOnException: () => {
        mayPass = true;
      },
    };
    try {
      const incoming = appRequest(request, signal);
      const response = await app.fetch(incoming, env, context);
      return exchangeResponse(response, request.method, signal);
    } catch (error) {
      onError(error);
      if (mayPass || signal.aborted) throw new ExchangeError('failed', 'the handler failed');
      return plain(500, 'The app failed.\n');
    }
  };
}

function appRequest({ method, target, headers, body }: ExchangeRequest, signal: AbortSignal): Request {
  const init: RequestInit & { duplex?: 'half' } = {
    method,
    headers: headers.map(([name, value]) => [name, value]),
    signal,
  };
  if (method !== 'GET' && method !== 'HEAD') {
    init.body = bodyStream(body);
    init.duplex = 'half';
  }
  return new AppRequest(target, init);
}

/** Reads from the exchange as fast as the handler reads, and no faster. */
function bodyStream(body: Body): ReadableStream<Uint8Array> {
  const pieces = body[Symbol.asyncIterator]();
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const { done, value } = await pieces.next();
        if (done) controller.close();
        else controller.enqueue(value.bytes);
      },
      async cancel() {
        await pieces.return?.();
      },
    },
    { highWaterMark: 0 },
  );
}

function exchangeResponse(response: Response, method: string, signal: AbortSignal): ExchangeResponse {
  if (!(response instanceof Response) || response.status < 200) throw new TypeError('the handler gave no response');
  const headers = [...response.headers].map(([name, value]) => [name, value] as const);
  return { status: response.status, headers, body: method === 'HEAD' ? bare(response) : body(response, signal) };
}

function bare(response: Response): Body {
  void response.body?.cancel().catch(() => undefined);
  return EMPTY_BODY;
}

function body(response: Response, signal: AbortSignal): Body {
  const content = AppResponse.contentOf(response);
  if (content !== undefined) return bytesBody(new TextEncoder().encode(content));
  return response.body ? streamBody(response.body, signal) : EMPTY_BODY;
}

async function* streamBody(stream: ReadableStream<Uint8Array>, signal: AbortSignal): AsyncGenerator<Piece, void> {
  const reader = stream.getReader();
  const stop = () => {
    reader.cancel(signal.reason).catch(() => undefined);
  };
  signal.addEventListener('abort', stop);
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield { bytes: value, isPacked: false };
    }
  } finally {
    signal.removeEventListener('abort', stop);
    stop();
  }
}

function plain(status: number, text: string): ExchangeResponse {
  if (text === '') return { status, headers: [], body: EMPTY_BODY };
  const headers = [['content-type', 'text/plain; charset=utf-8']] as const;
  return { status, headers, body: bytesBody(new TextEncoder().encode(text)) };
}
