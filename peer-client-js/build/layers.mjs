// Checks who imports whom (docs: STYLE, layout). Entry points import shared folders, never each other.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { root } from './root.mjs';

const shared = {
  time: [],
  wire: [],
  verify: ['wire'],
  exchange: ['wire', 'time'],
  signal: ['wire', 'time'],
  store: ['wire', 'verify'],
  port: ['wire', 'store'],
  fetch: ['wire', 'time', 'verify', 'exchange', 'store', 'signal'],
};
const entries = ['page', 'sw', 'data', 'worker'];
const packages = { 'fast-check': ['test'] };

/** Scripts of several roles. */
const scripts = { 'peer-data.ts': ['data', 'sw'] };

function mayImport(folder) {
  if (folder in scripts) return scripts[folder];
  return entries.includes(folder) || folder.endsWith('.test.ts') ? Object.keys(shared) : (shared[folder] ?? []);
}

/** One line for each import that breaks a rule. */
export function layerViolations() {
  const source = root('src');
  const files = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
  return files.flatMap((file) => {
    const isTest = /(\.test|\.browser|\/fake-[a-z-]+)\.ts$/.test(file);
    return imports(readFileSync(join(source, file), 'utf8'))
      .filter((imported) => !isAllowed(file, imported, isTest))
      .map((imported) => `src/${file} must not import ${imported}`);
  });
}

function imports(text) {
  return [...text.matchAll(/(?:^|\s)(?:from|import)\s*\(?\s*'([^']+)'/g)].map((match) => match[1]);
}

function isAllowed(file, imported, isTest) {
  const folder = file.split('/')[0];
  if (!imported.startsWith('.')) {
    if (isTest && (imported.startsWith('node:') || packages[imported]?.includes('test'))) return true;
    return packages[imported]?.includes(folder) ?? false;
  }
  const target = relative('.', join(dirname(file), imported)).split('/')[0];
  if (!isTest && /(\.test|\/fake-[a-z-]+)\.js$/.test(imported)) return false;
  return target === folder || mayImport(folder).includes(target);
}
