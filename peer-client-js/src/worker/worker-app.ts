import { openExchanges } from '../exchange/exchanges.js';
import { systemTimers } from '../time/timers.js';
import { type App, appAnswerer } from './app-answer.js';
import { AppRequest, AppResponse } from './app-http.js';
import { serveClock } from './clock.js';
import { CLOCK_NAME, type Launch, type LaunchOutcome } from './launch.js';
import { type Line, lineChannel } from './line-channel.js';

/** A dedicated worker of a worker tab: it runs one app's handlers, or keeps the page's timers. */
declare const self: DedicatedWorkerGlobalScope;

/** The page decides how long a handler may take; here nothing is cut off earlier. */
const PATIENCE_MS = 600_000;

if (self.name === CLOCK_NAME) {
  const serve = serveClock(systemTimers, () => {
    self.postMessage(null);
  });
  self.onmessage = ({ data }: MessageEvent<boolean>) => {
    serve(data);
  };
} else {
  self.onmessage = ({ data }: MessageEvent<Launch>) => {
    void launch(data);
  };
}

async function launch({ app, env }: Launch): Promise<void> {
  Object.assign(globalThis, { Request: AppRequest, Response: AppResponse });
  // Taken before the app could put something else in its place.
  const post = self.postMessage.bind(self);
  const line: Line = {
    post: (message) => {
      post(message, [message]);
    },
    listen: (onMessage) => {
      self.onmessage = ({ data }: MessageEvent<unknown>) => {
        onMessage(data);
      };
    },
  };
  let outcome: LaunchOutcome = { type: 'ready' };
  try {
    const module = (await import(app)) as { readonly default?: App };
    const handlers = module.default;
    if (typeof handlers?.fetch !== 'function') throw new TypeError('the module exports no default with a fetch method');
    openExchanges(lineChannel(line), {
      isOfferer: false,
      answer: appAnswerer(handlers, Object.freeze({ ...env }), (error) => {
        console.error(error);
      }),
      timers: systemTimers,
      openMs: PATIENCE_MS,
      idleMs: PATIENCE_MS,
    });
  } catch (error) {
    outcome = { type: 'broken', reason: String(error) };
  }
  post(outcome);
}
