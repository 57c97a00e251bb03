import { test } from 'node:test';
import { QUOTA, storeContract } from './contract.js';
import { MemoryStore } from './memory.js';

for (const { name, check } of storeContract) {
  test(`in memory, ${name}`, () => check(new MemoryStore(QUOTA)));
}
