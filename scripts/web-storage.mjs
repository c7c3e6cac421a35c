// Checks that no code of ours can put a token into the storage of a browser: the built packages, and the sources of the pages in
// examples/. `scripts/web-storage/allowed.mjs` lists the exceptions. Exits with 1 and prints each place.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { checkPlace, findUnused } from './web-storage/allowed.mjs';
import { findWebStorage } from './web-storage/find.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
/** The simulator runs only in tests. The command line runs in no browser, and its doctor names the storages that it looks for. */
const OUTSIDE_BROWSERS = ['simulator', 'cli'];
const packages = readdirSync(join(root, 'packages')).filter((name) => !OUTSIDE_BROWSERS.includes(name));
const PAGES = ['agent-page', 'genesys-agent-page', 'cxone-agent-page', 'recipes/nextjs'];
const CODE = /\.(?:js|jsx|mjs|html)$/;

/** The modules of a folder, as pairs of path and code. Of a page it takes the scripts. */
function readModules(folder) {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .map((name) => posix.join(folder, name.replaceAll('\\', '/')))
    .filter((path) => CODE.test(path) && !/\/(?:node_modules|\.next|dist\/assets)\//.test(path))
    .flatMap((path) => {
      const text = readFileSync(join(root, path), 'utf8');
      if (!path.endsWith('.html')) return [[path, text]];
      return [...text.matchAll(/<script[^>]*>([^]*?)<\/script>/g)].map(([, code]) => [path, code]);
    });
}

const places = new Map();
for (const name of packages) {
  if (!existsSync(join(root, `packages/${name}/dist`))) throw new Error(`packages/${name} is not built`);
  places.set(`packages/${name}`, readModules(`packages/${name}/dist`));
}
for (const name of PAGES) places.set(`examples/${name}`, readModules(`examples/${name}`));

const countUses = (place, api) =>
  (places.get(place) ?? []).flatMap(([path, code]) => findWebStorage(code, path)).filter((use) => use.api === api)
    .length;
const problems = [...places].flatMap(([place, modules]) => checkPlace(place, modules)).concat(findUnused(countUses));
for (const problem of problems) console.error(problem);
const modules = [...places.values()].reduce((sum, list) => sum + list.length, 0);
console.log(`${modules} modules of ${places.size} places, ${problems.length} problems`);
process.exitCode = problems.length === 0 ? 0 : 1;
