import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decide, type RequestFacts } from './decide.js';

const ORIGIN = 'https://site.example';
const POLICY = { eligible: [], never: ['/account/*'] };

function facts(
  changes: Partial<Omit<RequestFacts, 'header'>> = {},
  headers: Record<string, string> = {},
): RequestFacts {
  return {
    url: `${ORIGIN}/photo.jpg?w=1#top`,
    method: 'GET',
    mode: 'no-cors',
    destination: 'image',
    cache: 'default',
    referrer: `${ORIGIN}/page`,
    header: (name) => headers[name] ?? null,
    ...changes,
  };
}

test('a picture of the site is answered, by its resource without the fragment', () => {
  const decision = decide(facts(), ORIGIN, POLICY);
  assert.equal(decision.kind, 'answer');
  assert.equal(decision.kind === 'answer' && decision.resource, '//site.example/photo.jpg?w=1');
});

test("a media element's range goes along", () => {
  const decision = decide(facts({ destination: 'video' }, { range: 'bytes=0-' }), ORIGIN, POLICY);
  assert.equal(decision.kind === 'answer' && decision.range, 'bytes=0-');
});

test('a cookie does not matter, since scripts cannot see it and manifests are made without', () => {
  assert.equal(decide(facts({}, { cookie: 'a=b' }), ORIGIN, POLICY).kind, 'answer');
});

const passed: [string, Partial<Omit<RequestFacts, 'header'>>, Record<string, string>?][] = [
  ['another method', { method: 'POST' }],
  ['another origin', { url: 'https://other.example/photo.jpg' }],
  ['a navigation', { mode: 'navigate', destination: 'document' }],
  ['a frame', { destination: 'iframe' }],
  ['a worker script', { destination: 'worker' }],
  ['a reload', { cache: 'reload' }],
  ['a request that must not be stored', { cache: 'no-store' }],
  ['a request that must be revalidated', { cache: 'no-cache' }],
  ['a look into the HTTP cache', { cache: 'only-if-cached' }],
  ['a path that the policy excludes', { url: `${ORIGIN}/account/me.jpg` }],
  ["Gyre's own path", { url: `${ORIGIN}/.gyre/session` }],
  ["the data worker's own request", { referrer: `${ORIGIN}/.gyre/peer-data.js`, destination: '' }],
  ['a request with Authorization', {}, { authorization: 'Bearer x' }],
  ['a request with its own Cache-Control', {}, { 'cache-control': 'no-cache' }],
  ['a request with Pragma', {}, { pragma: 'no-cache' }],
  ['a conditional request', {}, { 'if-none-match': '"x"' }],
];
for (const [what, changes, headers] of passed) {
  test(`${what} passes by`, () => {
    assert.equal(decide(facts(changes, headers), ORIGIN, POLICY).kind, 'pass');
  });
}

test('a request without a referrer is no exception', () => {
  assert.equal(decide(facts({ referrer: '' }), ORIGIN, POLICY).kind, 'answer');
  assert.equal(decide(facts({ referrer: 'about:client' }), ORIGIN, POLICY).kind, 'answer');
});
