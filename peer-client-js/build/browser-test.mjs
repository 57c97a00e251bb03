// Tells stories in headless Chromium: what only a browser can run. Talks to loopback only: start it where only loopback exists.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { build } from 'esbuild';
import { root } from './root.mjs';

const DEADLINE_MS = 60_000;

const stories = {
  'a worker tab': { path: '/', entry: 'src/worker/worker-tab.browser.ts', before: ['/worker-runtime.js'] },
  'the store': { path: '/store', entry: 'src/store/indexed.browser.ts', before: [] },
};
const script = (path) => ['text/javascript', () => readFileSync(root(path))];
const files = {
  '/worker-runtime.js': script('target/classes/gyre/client/worker-runtime.js'),
  '/worker-app.js': script('target/classes/gyre/client/worker-app.js'),
  '/app.js': script('src/worker/fixture/app.js'),
};
for (const { path, entry, before } of Object.values(stories)) {
  const outfile = `target/tests/${basename(entry, '.ts')}.js`;
  await build({
    entryPoints: [root(entry)],
    outfile: root(outfile),
    bundle: true,
    format: 'iife',
    sourcemap: 'inline',
    logLevel: 'warning',
  });
  const scripts = [...before, `/${outfile}`].map((name) => `<script src="${name}"></script>`).join('');
  files[`/${outfile}`] = script(outfile);
  files[path] = ['text/html', () => `<!doctype html><title>story</title>${scripts}`];
}

function serve(onResult) {
  const server = createServer((request, response) => {
    if (request.method === 'POST') {
      let text = '';
      request
        .on('data', (data) => (text += data))
        .on('end', () => {
          response.end();
          onResult(JSON.parse(text));
        });
      return;
    }
    const [type, content] = files[request.url] ?? [];
    if (!type) response.writeHead(404).end();
    else response.writeHead(200, { 'content-type': type }).end(content());
  });
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)));
}

function startChromium(profile, url) {
  const flags = [
    '--headless',
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    '--allow-loopback-in-peer-connection',
    '--use-fake-ui-for-media-stream',
    `--user-data-dir=${profile}`,
    '--remote-debugging-port=0',
    ...(process.env.GYRE_CHROMIUM_LOG ? ['--enable-logging=stderr'] : []),
  ];
  return spawn('chromium', [...flags, url], { stdio: process.env.GYRE_CHROMIUM_LOG ? 'inherit' : 'ignore' });
}

/** Chromium's helpers outlive it by a moment and still write: what was emptied fills again under a single rmSync. */
async function remove(folder) {
  for (let left = 50; left >= 0; left--) {
    try {
      rmSync(folder, { recursive: true, force: true });
      return;
    } catch (error) {
      if (error.code !== 'ENOTEMPTY' || left === 0) throw error;
      await delay(100);
    }
  }
}

/** Tells one story in a browser of its own; what became of it. */
async function tell(path) {
  const profile = mkdtempSync(join(tmpdir(), 'gyre-story-'));
  let chromium;
  let server;
  const outcome = await new Promise((resolve) => {
    setTimeout(() => resolve({ steps: [], error: 'nothing came back in time' }), DEADLINE_MS).unref();
    serve(resolve).then((listening) => {
      server = listening;
      chromium = startChromium(profile, `http://127.0.0.1:${server.address().port}${path}`);
      chromium.on('error', (error) => resolve({ steps: [], error: String(error) }));
    });
  });
  server?.close();
  chromium?.kill();
  await new Promise((resolve) => (chromium?.exitCode === null ? chromium.on('exit', resolve) : resolve()));
  await remove(profile);
  return outcome;
}

let hasFailed = false;
for (const [who, { path }] of Object.entries(stories)) {
  const { steps, error } = await tell(path);
  steps.forEach((step) => console.log(`ok - ${who} ${step}`));
  if (error) console.error(`not ok - ${who}: ${error}`);
  hasFailed ||= Boolean(error);
}
process.exit(hasFailed ? 1 : 0);
