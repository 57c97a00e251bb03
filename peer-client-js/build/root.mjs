import { fileURLToPath } from 'node:url';

/** A path inside peer-client-js, wherever the build was started. */
export function root(path) {
  return fileURLToPath(new URL(`../${path}`, import.meta.url));
}
