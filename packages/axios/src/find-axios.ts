import type { AxiosLike, ErrorClasses } from './types.js';

/** `axios` itself, as far as this package uses it. */
type AxiosStatic = Pick<AxiosLike, 'interceptors'> & Required<Pick<AxiosLike, 'getAdapter'>> & Partial<ErrorClasses>;

interface InterceptorManager {
  use(fulfilled: () => void): unknown;
  forEach(fn: () => void): void;
}

// Path of the axios module whose code calls back in `locateModule`, in Node. A bundle has other paths.
const MODULE_PATH =
  /(?:\(|at )((?:file:|\/|[a-z]:\\)[^\n]*?[/\\](?:lib[/\\]core[/\\]InterceptorManager\.js|dist[/\\]node[/\\]axios\.cjs)):/i;

/**
 * Finds `axios` itself: the copy that created `instance`. Undefined if it cannot be found, as in a browser or in a bundle.
 *
 * An instance has no reference to `axios`. A stack trace through its code names the file. Node has already loaded this file, so
 * requiring it loads nothing. The result must share a class with the instance, because a test runner with its own module cache
 * returns another copy.
 */
export function findAxios(instance: AxiosLike): AxiosStatic | undefined {
  // Looked up at run time, so that browser bundles neither contain nor shim `node:module`.
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
    // The instance only looks like axios.
    return undefined;
  }
}

function locateModule(interceptors: InterceptorManager): string | undefined {
  let stack: string | undefined;
  interceptors.use(() => undefined);
  interceptors.forEach(() => (stack = new Error().stack));
  return MODULE_PATH.exec(stack ?? '')?.[1];
}
