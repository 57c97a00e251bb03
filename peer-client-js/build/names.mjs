// Which property names the visitor's scripts shorten: ours alone, and never one that leaves the script it is written in.
import { readdirSync, readFileSync } from 'node:fs';
import { root } from './root.mjs';

/** What others write or read by name: other scripts, other builds, servers, stores, sites, browsers newer than TypeScript. */
const SPOKEN = [
  'src/data/session.ts',
  'src/page/index.ts',
  'src/page/presence.ts',
  'src/port/messages.ts',
  'src/port/site.ts',
  'src/store/store.ts',
  'src/sw/routes.ts',
];

/** Matches the names to shorten: not the platform's, not those of `SPOKEN`, and none that is also somebody's string. */
export function ownNames() {
  const sources = readdirSync(root('src'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !/\.(test|browser)\.ts$|\/fake-|^worker\//.test(file))
    .map((file) => uncommented(root(`src/${file}`)));
  const kept = new Set([
    ...platformNames(),
    ...SPOKEN.flatMap((file) => fields(uncommented(root(file)))),
    ...sources.flatMap((text) => [...text.matchAll(/['"]([A-Za-z_$][\w$]*)['"]/g)].map((match) => match[1])),
  ]);
  // Not those of enums: esbuild puts their values in their places.
  const isCandidate = (word) => word.length > 2 && !kept.has(word) && !/^[A-Z_\d]+$/.test(word);
  const own = new Set(sources.flatMap(words).filter(isCandidate));
  return new RegExp(`^(?:${[...own].sort().join('|').replaceAll('$', '\\$')})$`);
}

/** Every word in TypeScript's own declarations: more than enough. */
function platformNames() {
  const packages = root('node_modules/@typescript');
  return readdirSync(packages).flatMap((name) => {
    const folder = `${packages}/${name}/lib`;
    const libraries = readdirSync(folder).filter((file) => /^lib\..*\.d\.ts$/.test(file));
    return libraries.flatMap((file) => words(uncommented(`${folder}/${file}`)));
  });
}

function uncommented(file) {
  return readFileSync(file, 'utf8').replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '');
}

/** What is declared or written with a colon: fields, not the methods of an interface. */
function fields(text) {
  return [...text.matchAll(/([A-Za-z_$][\w$]*)\??:/g)].map((match) => match[1]);
}

function words(text) {
  return text.match(/[A-Za-z_$][\w$]*/g) ?? [];
}
