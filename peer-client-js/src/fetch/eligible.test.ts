import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isEligible, resourceOf } from './eligible.js';

const policy = { eligible: [], never: ['/account/*', '/api/search*', '*.php'] };

const cases: [string, boolean][] = [
  ['http://site.example/photo.jpg', true],
  ['http://site.example/account/me.jpg', false],
  ['http://site.example/accounts.jpg', true],
  ['http://site.example/api/search?q=a', false],
  ['http://site.example/x.php', false],
  ['http://site.example/x.php?y', false],
  ['http://site.example/.gyre/session', false],
  ['http://site.example/peer-sw.js', false],
  [`http://site.example/${'a'.repeat(2_033)}`, true],
  [`http://site.example/${'a'.repeat(2_034)}`, false],
  [`http://site.example/${'ä'.repeat(400)}`, false],
  ['blob:http://site.example/1', false],
];

for (const [url, expected] of cases) {
  test(`${url.slice(0, 60)}, ${url.length} characters, is ${expected ? '' : 'not '}eligible`, () => {
    assert.equal(isEligible(new URL(url), policy), expected);
  });
}

test('patterns that name what is eligible leave out the rest', () => {
  const pictures = { eligible: ['/pictures/*.jpg'], never: [] };
  assert.ok(isEligible(new URL('http://site.example/pictures/a/b.jpg'), pictures));
  assert.ok(!isEligible(new URL('http://site.example/pictures/a.png'), pictures));
});

test('a resource is the URL without scheme and fragment', () => {
  assert.equal(resourceOf(new URL('http://Site.example:8080/a%20b?c=d#e')), '//site.example:8080/a%20b?c=d');
});
