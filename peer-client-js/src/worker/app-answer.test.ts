import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bytesBody, collect, EMPTY_BODY } from '../exchange/body.js';
import { ExchangeError, type ExchangeRequest } from '../exchange/types.js';
import { type App, appAnswerer } from './app-answer.js';
import { AppRequest, AppResponse } from './app-http.js';
import { ALIVE_TARGET } from './launch.js';

const never = new AbortController().signal;

function answering(fetch: App['fetch'], env = {}) {
  const errors: unknown[] = [];
  const answer = appAnswerer({ fetch }, env, (error) => errors.push(error));
  return { errors, answer };
}

function get(change: Partial<ExchangeRequest> = {}): ExchangeRequest {
  return { method: 'GET', target: 'https://demo.example/a?b=c', headers: [], body: EMPTY_BODY, ...change };
}

async function text(body: AsyncIterable<{ bytes: Uint8Array; isPacked: boolean }>): Promise<string> {
  return new TextDecoder().decode(await collect(body, 2 ** 20));
}

test('a handler sees the request as it was sent, with the headers that pages may not set', async () => {
  const { answer } = answering(
    (request, env) =>
      new AppResponse(`${request.method} ${request.url} ${request.headers.get('cookie')} ${String(env['NAME'])}`),
    { NAME: 'gyre' },
  );
  const response = await answer(get({ headers: [['cookie', 'user=7']] }), never);
  assert.equal(await text(response.body), 'GET https://demo.example/a?b=c user=7 gyre');
});

test('a body reaches the handler as a stream', async () => {
  const { answer } = answering(async (request) => new AppResponse((await request.text()).toUpperCase()));
  const body = bytesBody(new TextEncoder().encode('hello'));
  const response = await answer(get({ method: 'POST', body }), never);
  assert.equal(await text(response.body), 'HELLO');
});

test('a response keeps its status and every header, Set-Cookie included', async () => {
  const { answer } = answering(() => {
    const response = AppResponse.json({ ok: true }, { status: 201 });
    response.headers.append('set-cookie', 'a=1');
    response.headers.append('set-cookie', 'b=2');
    return response;
  });
  const { status, headers, body } = await answer(get(), never);
  assert.equal(status, 201);
  assert.deepEqual(
    headers.filter(([name]) => name === 'set-cookie').map(([, value]) => value),
    ['a=1', 'b=2'],
  );
  assert.deepEqual(
    headers.find(([name]) => name === 'content-type'),
    ['content-type', 'application/json'],
  );
  assert.equal(await text(body), '{"ok":true}');
});

test('a response of fetch passes as one of ours', async () => {
  const { answer } = answering(() => new Response(new Uint8Array([1, 2, 3])));
  assert.equal((await collect((await answer(get(), never)).body, 10)).length, 3);
  assert.ok(new Response() instanceof AppResponse);
});

test('a clone can be read beside the original', async () => {
  const { answer } = answering(async (request) => {
    const copy = request.clone();
    return new AppResponse(`${await request.text()} ${await copy.text()} ${copy.headers.get('cookie')}`);
  });
  const body = bytesBody(new TextEncoder().encode('twice'));
  const response = await answer(get({ method: 'POST', body, headers: [['cookie', 'c']] }), never);
  assert.equal(await text(response.body), 'twice twice c');
  assert.equal(
    new AppRequest(new AppRequest('https://a.example/', { headers: { cookie: 'd' } })).headers.get('cookie'),
    'd',
  );
});

test('HEAD has no body', async () => {
  const { answer } = answering(() => new AppResponse('unwanted'));
  assert.equal(await text((await answer(get({ method: 'HEAD' }), never)).body), '');
});

test('a handler that fails is answered with 500 and its reason stays here', async () => {
  const { answer, errors } = answering(() => {
    throw new Error('the secret of the house');
  });
  const response = await answer(get(), never);
  assert.equal(response.status, 500);
  assert.doesNotMatch(await text(response.body), /secret/);
  assert.match(String(errors[0]), /secret/);
});

test('a handler that asked for it is passed over when it fails', async () => {
  const { answer } = answering((_request, _env, context) => {
    context.passThroughOnException();
    throw new Error('broken');
  });
  await assert.rejects(answer(get(), never), (error) => error instanceof ExchangeError && error.code === 'failed');
});

test('what is no response counts as a failure', async () => {
  const { answer } = answering(() => 'text' as unknown as Response);
  assert.equal((await answer(get(), never)).status, 500);
});

test('work that goes on may fail without harm', async () => {
  const { answer, errors } = answering((_request, _env, context) => {
    context.waitUntil(Promise.reject(new Error('later')));
    return new AppResponse('now');
  });
  assert.equal(await text((await answer(get(), never)).body), 'now');
  assert.match(String(errors[0]), /later/);
});

test('the exchange that is cut off aborts the signal and ends the stream', async () => {
  const asked = new AbortController();
  let isCancelled = false;
  const endless = new ReadableStream<Uint8Array>({
    cancel() {
      isCancelled = true;
    },
  });
  const { answer } = answering((request) => {
    assert.equal(request.signal.aborted, false);
    return new AppResponse(endless);
  });
  const { body } = await answer(get(), asked.signal);
  const reading = collect(body, 10);
  asked.abort(new Error('gone'));
  await reading;
  assert.ok(isCancelled);
});

test('a sign of life needs no handler', async () => {
  const { answer } = answering(() => {
    throw new Error('not asked');
  });
  assert.equal((await answer(get({ target: ALIVE_TARGET }), never)).status, 204);
});
