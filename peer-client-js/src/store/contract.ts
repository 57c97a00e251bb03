import { Limits } from '../wire/limits.js';
import { isComplete, noCounts, type ChunkStore, type StoredManifest } from './store.js';

/** One promise of every store. Run in Node against memory, and in a browser against IndexedDB. */
export interface Promised {
  readonly name: string;
  /** Rejects where the store breaks the promise; the store is empty at first and takes `QUOTA` bytes. */
  readonly check: (store: ChunkStore) => Promise<void>;
}

export const QUOTA = 4 * Limits.CHUNK;

const manifest: StoredManifest = {
  resource: '//site.example/a.jpg',
  digest: 'A'.repeat(43),
  status: 200,
  headers: [['content-type', 'image/jpeg']],
  size: 2 * Limits.CHUNK,
  issuedMs: 1_000,
  lifetimeMs: 60_000,
  generation: 3,
};

const chunk = (index: number, fill: number, length: number = Limits.CHUNK) => ({
  index,
  isPacked: false,
  bytes: new Uint8Array(length).fill(fill),
});

function claim(holds: boolean, what: string): void {
  if (!holds) throw new Error(`broken promise: ${what}`);
}

export const storeContract: readonly Promised[] = [
  {
    name: 'a manifest comes back as it was given',
    async check(store) {
      claim((await store.manifest(manifest.resource)) === undefined, 'an empty store knows none');
      claim(await store.keepManifest(manifest), 'the first is kept');
      const found = await store.manifest(manifest.resource);
      claim(JSON.stringify(found) === JSON.stringify(manifest), 'it is the same');
    },
  },
  {
    name: 'an older generation never replaces a newer one',
    async check(store) {
      await store.keepManifest(manifest);
      claim(!(await store.keepManifest({ ...manifest, generation: 2 })), 'the older is refused');
      claim((await store.manifest(manifest.resource))?.generation === 3, 'the newer stays');
      claim(await store.keepManifest({ ...manifest, generation: 4 }), 'a newer one is taken');
    },
  },
  {
    name: 'chunks come back up to the first that is missing',
    async check(store) {
      const size = 3 * Limits.CHUNK;
      await store.keepChunks('d', size, [chunk(0, 1), { ...chunk(2, 3), isPacked: true }], 1);
      claim((await store.chunks('d', 0, 3)).length === 1, 'the gap ends it');
      const [packed] = await store.chunks('d', 2, 1);
      claim(packed?.isPacked === true && packed.bytes[0] === 3, 'packed chunks stay packed');
      claim((await store.chunks('unknown', 0, 1)).length === 0, 'an unknown digest has none');
    },
  },
  {
    name: 'chunks that were kept in any order and together come back one by one',
    async check(store) {
      const size = 4 * Limits.CHUNK;
      await store.keepChunks('d', size, [chunk(2, 3), chunk(1, 2, 100)], 1);
      await store.keepChunks('d', size, [chunk(3, 4, 7), chunk(0, 1)], 2);
      const found = await store.chunks('d', 1, 2);
      claim(found.map(({ index }) => index).join() === '1,2', 'those that were asked for');
      claim(found[0]?.bytes.length === 100 && found[0].bytes[99] === 2, 'the first with its own length');
      claim(found[1]?.bytes.length === Limits.CHUNK && found[1].bytes[0] === 3, 'the next with its own bytes');
      claim((await store.chunks('d', 0, 9)).length === 4, 'all of them, whoever was kept with whom');
    },
  },
  {
    name: 'a representation is complete when its last chunk arrives',
    async check(store) {
      const size = Limits.CHUNK + 10;
      const first = await store.keepChunks('d', size, [chunk(0, 1)], 1);
      claim(first.stored && !first.complete, 'one of two');
      const second = await store.keepChunks('d', size, [chunk(1, 2, 10)], 2);
      claim(second.complete, 'two of two');
      const holding = await store.holding('d');
      claim(holding !== undefined && isComplete(holding), 'the holding says so');
      claim(holding?.bytes === size, 'its bytes are counted once');
    },
  },
  {
    name: 'the same chunk twice is kept once',
    async check(store) {
      await store.keepChunks('d', 2 * Limits.CHUNK, [chunk(0, 1)], 1);
      await store.keepChunks('d', 2 * Limits.CHUNK, [chunk(0, 9)], 2);
      claim((await store.holding('d'))?.bytes === Limits.CHUNK, 'counted once');
      claim((await store.chunks('d', 0, 1))[0]?.bytes[0] === 1, 'the first stays');
    },
  },
  {
    name: 'the least recently used goes when room is needed',
    async check(store) {
      await store.keepChunks('old', Limits.CHUNK, [chunk(0, 1)], 1);
      await store.keepChunks('older', Limits.CHUNK, [chunk(0, 2)], 2);
      await store.touch('old', 3);
      const kept = await store.keepChunks('new', 3 * Limits.CHUNK, [chunk(0, 3), chunk(1, 3), chunk(2, 3)], 4);
      claim(kept.stored && kept.evicted.join() === 'older', 'what was touched stays');
      claim((await store.chunks('older', 0, 1)).length === 0, 'its bytes are gone');
      claim((await store.holdings()).length === 2, 'two are left');
    },
  },
  {
    name: 'what is larger than the whole store is not kept and evicts nothing',
    async check(store) {
      await store.keepChunks('d', Limits.CHUNK, [chunk(0, 1)], 1);
      const many = [0, 1, 2, 3, 4].map((index) => chunk(index, 1));
      const kept = await store.keepChunks('huge', 5 * Limits.CHUNK, many, 2);
      claim(!kept.stored && kept.evicted.length === 0, 'refused');
      claim((await store.chunks('d', 0, 1)).length === 1, 'the other is still there');
    },
  },
  {
    name: 'what is dropped is gone and makes room',
    async check(store) {
      await store.keepChunks(
        'd',
        4 * Limits.CHUNK,
        [0, 1, 2, 3].map((index) => chunk(index, 1)),
        1,
      );
      await store.drop('d');
      claim((await store.holding('d')) === undefined, 'no holding');
      const kept = await store.keepChunks('e', Limits.CHUNK, [chunk(0, 1)], 2);
      claim(kept.stored && kept.evicted.length === 0, 'room without eviction');
    },
  },
  {
    name: 'manifests that ended are forgotten unless something of theirs is held',
    async check(store) {
      const held = { ...manifest, resource: '//site.example/held', digest: 'h' };
      await store.keepManifest(manifest);
      await store.keepManifest(held);
      await store.keepChunks('h', Limits.CHUNK, [chunk(0, 1)], 1);
      await store.prune(61_000);
      claim((await store.manifest(manifest.resource)) !== undefined, 'one that ends now stays');
      await store.prune(61_001);
      claim((await store.manifest(manifest.resource)) === undefined, 'the other goes');
      claim((await store.manifest(held.resource)) !== undefined, 'what is held can be renewed');
    },
  },
  {
    name: 'chunk lists, numbers and counts come back',
    async check(store) {
      await store.keepChunkList('d', new Uint8Array(64).fill(7));
      claim((await store.chunkList('d'))?.[63] === 7, 'the list');
      await store.keepNumber('clock', -5);
      claim((await store.number('clock')) === -5, 'the number');
      await store.addCounts('/a', { ...noCounts, peers: 5, requestsPeers: 1 });
      await store.addCounts('/a', { ...noCounts, peers: 6, requestsPeers: 1 });
      const counts = (await store.counts()).get('/a');
      claim(counts?.peers === 11 && counts.requestsPeers === 2, 'counts add up');
    },
  },
];
