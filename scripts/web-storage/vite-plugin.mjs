// Fails the build of a page whose own modules, or modules of Holdline, can put a value into the storage of the browser.
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { checkPlace } from './allowed.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const CODE = /\.[cm]?[jt]sx?$/;

/** Folder of the package or of the page that a module belongs to. Undefined: it belongs to somebody else, such as an SDK. */
function placeOf(path) {
  const packaged =
    /(?:^|\/)packages\/([\w-]+)\/(?:dist|src)\//.exec(path) ?? /\/@holdline\/([\w-]+)\/dist\//.exec(path);
  if (packaged) return `packages/${packaged[1]}`;
  return path.includes('node_modules/') ? undefined : 'the page';
}

export function refuseWebStorage() {
  const places = new Map();
  return {
    name: 'holdline-refuse-web-storage',
    enforce: 'pre',
    buildStart: () => places.clear(),
    transform(code, id) {
      const path = id.split('?')[0].replaceAll('\\', '/');
      // Vite makes modules of inline scripts. Their ids end with `html-proxy&index=0.js`.
      const isCode = CODE.test(path) || id.includes('html-proxy');
      const place = isCode && !path.startsWith('\0') ? placeOf(path) : undefined;
      if (place === undefined) return;
      const name = relative(root, path).replaceAll('\\', '/');
      if (!places.has(place)) places.set(place, new Map());
      places.get(place).set(CODE.test(name) ? name : `${name}.js`, code);
    },
    buildEnd(error) {
      if (error) return;
      const problems = [...places].flatMap(([place, modules]) => checkPlace(place, modules));
      if (problems.length > 0) this.error(`no token may reach the storage of the browser:\n${problems.join('\n')}`);
    },
  };
}
