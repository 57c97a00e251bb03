/** Contents that between them need every kind of literals and of tables; `frames.json` holds what zstd made of them. */
export function samples(): Record<string, Uint8Array<ArrayBuffer>> {
  return {
    words: encode(words(3_000)),
    lines: encode(lines(20_000)),
    periodic: Uint8Array.from({ length: 65_536 }, (_, index) => (index * index) % 251),
    skewed: skewed(2_000, 3),
    'skewed, short': skewed(200, 2),
    run: new Uint8Array(65_536).fill(120),
    noise: skewed(300, 1),
  };
}

function encode(text: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(new TextEncoder().encode(text));
}

/** Numbers below 2^31 that look like chance and are always the same. */
function chance(): () => number {
  let state = 42;
  return () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return state >> 8;
  };
}

function words(length: number): string {
  const next = chance();
  const known = 'the quick brown fox jumps over a lazy dog while peers lend each other what they already hold'.split(
    ' ',
  );
  let text = '';
  while (text.length < length) text += `${known[next() % known.length]}${next() % 7 === 0 ? '.\n' : ' '}`;
  return text.slice(0, length);
}

function lines(length: number): string {
  let text = '';
  for (let line = 0; text.length < length; line++)
    text += `{"id":${line},"square":${line * line},"even":${line % 2 === 0}}\n`;
  return text.slice(0, length);
}

/** Bytes of which the small ones are the more frequent, the more factors there are. */
function skewed(length: number, factors: number): Uint8Array<ArrayBuffer> {
  const next = chance();
  return Uint8Array.from({ length }, () => {
    let value = 255;
    for (let factor = 0; factor < factors; factor++) value = Math.floor((value * (next() % 256)) / 255);
    return value;
  });
}
