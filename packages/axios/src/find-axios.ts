import type { AxiosLike, ErrorClasses } from './types.js';

/** What this package uses of `axios` itself. */
type AxiosStatic = Pick<AxiosLike, 'interceptors'> & Required<Pick<AxiosLike, 'getAdapter'>> & Partial<ErrorClasses>;

interface InterceptorManager {
  use(fulfilled: () => void): unknown;
  forEach(fn: () => void): void;
}

// Where the copies of axios in Node keep the code that calls us below. A bundle keeps it elsewhere.
const MODULE_PATH =
  /(?:\(|at )((?:file:|\/|[a-z]:\\)[^\n]*?[/\\](?:lib[/\\]core[/\\]InterceptorManager\.js|dist[/\\]node[/\\]axios\.cjs)):/i;

/**
 * `axios` itself, of the very copy that made `instance`; undefined where it cannot be found, as in a browser or in a bundle.
 *
 * An instance does not lead to it. Its code does: a stack tells the file, and Node has that file loaded, so that asking for it
 * again loads nothing. What comes back is believed only if it shares a class with the instance: a test runner that keeps modules
 * of its own gets another copy here.
 */
export function findAxios(instance: AxiosLike): AxiosStatic | undefined {
  // Asked at run time, so that bundles for browsers neither contain nor shim it.
  const { process } = globalThis as { process?: { getBuiltinModule?: (id: string) => unknown } };
  const modules = process?.getBuiltinModule?.('node:module') as
    { createRequire(from: string): (path: string) => unknown } | undefined;
  if (!modules) return undefined;
  try {
    const { constructor } = instance.interceptors?.request as object;
    const file = locateModule(new (constructor as new () => InterceptorManager)());
    if (file === undefined) return undefined;
    const loaded = modules.createRequire(file)(file.endsWith('.cjs') ? './axios.cjs' : '../axios.js') as {
      default: AxiosStatic;
    };
    const axios = loaded.default;
    return axios.interceptors?.request.constructor === constructor ? axios : undefined;
  } catch {
    // Something that only looks like axios.
    return undefined;
  }
}

function locateModule(interceptors: InterceptorManager): string | undefined {
  let stack: string | undefined;
  interceptors.use(() => undefined);
  interceptors.forEach(() => (stack = new Error().stack));
  return MODULE_PATH.exec(stack ?? '')?.[1];
}
