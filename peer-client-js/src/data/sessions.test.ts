import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeTimers, settle } from '../time/fake-timers.js';
import { toBase64url } from '../wire/base64url.js';
import { Sessions } from './sessions.js';

const SERVER_MS = 1_800_000_000_000;

/** A device whose monotonic clock stands still while it sleeps; the server's clock is an hour ahead. */
function device(key: string = toBase64url(new Uint8Array(32).fill(1))) {
  const timers = new FakeTimers();
  let sleptMs = 0;
  let fetches = 0;
  const wallMs = () => SERVER_MS - 3_600_000 + timers.now() + sleptMs;
  const sessions = new Sessions({
    fetch: async () => {
      fetches += 1;
      const time = wallMs() + 3_600_000;
      const keys = key === '' ? [] : [{ id: 'k', key }];
      const policy = { consent: 'implied' };
      return Response.json({ site: 'demo', policy, keys, ice: [], token: '', signal: '/.gyre/signal', time });
    },
    base: new URL('https://site.example/'),
    timers,
    wallMs,
    onNews: () => undefined,
  });
  return { sessions, timers, sleep: (ms: number) => (sleptMs += ms), fetches: () => fetches };
}

test('the clock is that of the server, and goes on', async () => {
  const { sessions, timers } = device();
  await sessions.begin(undefined);
  assert.equal(sessions.clockMs(), SERVER_MS);
  await timers.advance(5_000);
  assert.equal(sessions.clockMs(), SERVER_MS + 5_000);
});

test('after a sleep the clock is not behind, and the session is fetched anew, once', async () => {
  const { sessions, sleep, fetches } = device();
  await sessions.begin(undefined);
  sleep(600_000);
  assert.equal(sessions.clockMs(), SERVER_MS + 600_000);
  assert.equal(sessions.clockMs(), SERVER_MS + 600_000);
  await settle();
  assert.equal(fetches(), 2);
});

test('a token from before a sleep is not used again', async () => {
  const { sessions, sleep } = device();
  await sessions.begin(undefined);
  sleep(600_000);
  assert.equal((await sessions.fresh()).timeMs, SERVER_MS + 600_000);
});

test('where no key of the site can be used, nothing is shared', async () => {
  const able = device().sessions;
  assert.equal((await able.begin(undefined)).policy.consent, 'implied');
  const unable = device('').sessions;
  assert.equal((await unable.begin(undefined)).policy.consent, 'off');
  assert.equal(unable.current?.policy.consent, 'off');
});
