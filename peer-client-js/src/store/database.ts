/** IndexedDB in promises: as much of it as the store uses. */

/** Opens a database of version 1; `create` makes its object stores. Rejects where the browser refuses. */
export async function openDatabase(name: string, create: (database: IDBDatabase) => void): Promise<IDBDatabase> {
  const request = indexedDB.open(name, 1);
  request.onupgradeneeded = () => create(request.result);
  const database = await answered<IDBDatabase>(request);
  // Somebody deletes it (`gyre.off()`) or brings a newer one: let go at once.
  database.onversionchange = () => database.close();
  return database;
}

/** What a request came to. To be called in the task that made the request; the caller knows the type of what is stored. */
export function answered<Value>(request: IDBRequest): Promise<Value> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result as Value);
    request.onerror = () => reject(request.error ?? new Error('a request failed'));
  });
}

/** One transaction: what `work` came to, once it is written. Rejects where anything of it could not be. */
export async function written<Value>(
  database: IDBDatabase,
  names: readonly string[],
  work: (transaction: IDBTransaction) => Promise<Value>,
): Promise<Value> {
  const transaction = database.transaction(names, 'readwrite', { durability: 'relaxed' });
  const committed = new Promise<void>((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(transaction.error ?? new Error('a transaction was aborted'));
  });
  const [result] = await Promise.all([work(transaction), committed]);
  return result;
}

/** The cursor moved on by one; null behind the last. */
export function moved(cursor: IDBCursorWithValue): Promise<IDBCursorWithValue | null> {
  cursor.continue();
  return answered(cursor.request);
}
