import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loaded } from './loaded.js';

const cases: [string, boolean][] = [
  ['img', true],
  ['script', true],
  ['css', true],
  ['video', false],
  ['fetch', false],
  ['xmlhttprequest', false],
];
for (const [initiatorType, isHarvestable] of cases) {
  test(`what ${initiatorType} loaded is counted, and ${isHarvestable ? '' : 'not '}harvested`, () => {
    const name = 'https://site.example/a#b';
    const resource = loaded({ name, initiatorType, encodedBodySize: 5, transferSize: 9, workerStart: 0 });
    assert.deepEqual(resource, {
      url: 'https://site.example/a',
      bytes: 5,
      isFromCache: false,
      isFromWorker: false,
      isHarvestable,
    });
  });
}
