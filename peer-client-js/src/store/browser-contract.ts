import { QUOTA, storeContract } from './contract.js';
import { DATABASE, openIndexedStore } from './indexed.js';

/** For tests in a browser: checks every promise against IndexedDB, and tells the broken ones. */
async function checkStoreContract(): Promise<readonly string[]> {
  const broken: string[] = [];
  for (const { name, check } of storeContract) {
    await deleted();
    const store = await openIndexedStore(QUOTA);
    await check(store).catch((failure: unknown) => broken.push(`${name}: ${String(failure)}`));
    store.close();
  }
  return broken;
}

function deleted(): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.deleteDatabase(DATABASE);
    request.onsuccess = () => resolve();
    request.onerror = () => reject(new Error('the database cannot be deleted'));
  });
}

Object.assign(globalThis, { checkStoreContract, storePromises: storeContract.length });
