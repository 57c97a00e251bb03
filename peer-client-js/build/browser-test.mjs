// Runs the worker tab's story in headless Chromium. Talks to loopback only: start it where only loopback exists.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { root } from './root.mjs';

const DEADLINE_MS = 60_000;

await build({
  entryPoints: [root('src/worker/worker-tab.browser.ts')],
  outfile: root('target/tests/worker-tab.js'),
  bundle: true,
  format: 'iife',
  sourcemap: 'inline',
  logLevel: 'warning',
});

const page =
  '<!doctype html><title>worker</title><script src="/worker-runtime.js"></script><script src="/story.js"></script>';
const script = (path) => ['text/javascript', () => readFileSync(root(path))];
const files = {
  '/': ['text/html', () => page],
  '/worker-runtime.js': script('target/classes/gyre/client/worker-runtime.js'),
  '/worker-app.js': script('target/classes/gyre/client/worker-app.js'),
  '/story.js': script('target/tests/worker-tab.js'),
  '/app.js': script('src/worker/fixture/app.js'),
};

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

const profile = mkdtempSync(join(tmpdir(), 'gyre-worker-tab-'));
let chromium;
let server;
const outcome = await new Promise((resolve) => {
  setTimeout(() => resolve({ steps: [], error: 'nothing came back in time' }), DEADLINE_MS).unref();
  serve(resolve).then((listening) => {
    server = listening;
    chromium = startChromium(profile, `http://127.0.0.1:${server.address().port}/`);
    chromium.on('error', (error) => resolve({ steps: [], error: String(error) }));
  });
});
server?.close();
chromium?.kill();
await new Promise((resolve) => (chromium?.exitCode === null ? chromium.on('exit', resolve) : resolve()));
rmSync(profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
outcome.steps.forEach((step) => console.log(`ok - a worker tab ${step}`));
if (outcome.error) console.error(`not ok - ${outcome.error}`);
process.exit(outcome.error ? 1 : 0);
