import { QUOTA, storeContract } from './contract.js';
import { DATABASE, openIndexedStore } from './indexed.js';

/** Checks every promise of a store against IndexedDB, and tells what was kept and what was broken. */
async function checkStoreContract(): Promise<void> {
  const steps: string[] = [];
  const broken: string[] = [];
  for (const { name, check } of storeContract) {
    await deleted();
    const store = await openIndexedStore(QUOTA);
    await check(store).then(
      () => steps.push(`promises that ${name}`),
      (failure: unknown) => broken.push(`${name}: ${String(failure)}`),
    );
    store.close();
  }
  const error = broken.length === 0 ? undefined : broken.join('; ');
  await fetch('/', { method: 'POST', body: JSON.stringify({ steps, error }) });
}

function deleted(): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.deleteDatabase(DATABASE);
    request.onsuccess = () => resolve();
    request.onerror = () => reject(new Error('the database cannot be deleted'));
  });
}

void checkStoreContract();
