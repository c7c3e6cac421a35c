import type { CallInfo } from '../contract/call.js';
import type { Undo } from '../contract/clock.js';

/** A value for the code that `run` executes. In Node it also holds in the async continuations of that code. */
export interface Ambient<T> {
  get(): T | undefined;
  run<R>(value: T, fn: () => R): R;
}

/** The guard on one client. */
export interface Attachment {
  /** A `Holdline`, possibly of another copy of this package. */
  readonly line: object;
  /** The configuration or the line that the user gave. */
  readonly given: unknown;
  readonly detach: Undo;
}

interface ProcessState {
  readonly attachments: WeakMap<object, Attachment>;
  readonly infos: WeakMap<object, CallInfo>;
  /** The last call whose result cannot be a WeakMap key, such as the `undefined` that the Genesys SDK rejects with. */
  lastBare: { value: unknown; info: CallInfo } | undefined;
  readonly context: Ambient<unknown>;
  /** Called with each new line. */
  readonly lineListeners: Set<(line: object) => void>;
}

interface AsyncLocalStorageLike {
  getStore(): unknown;
  run<R>(store: unknown, fn: () => R): R;
}

function createAmbient(): Ambient<unknown> {
  // Looked up at run time, so that bundles for browsers neither contain nor polyfill the module.
  const { process } = globalThis as { process?: { getBuiltinModule?: (id: string) => unknown } };
  const hooks = process?.getBuiltinModule?.('node:async_hooks') as
    { AsyncLocalStorage: new () => AsyncLocalStorageLike } | undefined;
  if (hooks) {
    const storage = new hooks.AsyncLocalStorage();
    return { get: () => storage.getStore(), run: (value, fn) => storage.run(value, fn) };
  }
  let current: unknown;
  return {
    get: () => current,
    run(value, fn) {
      const outer = current;
      current = value;
      try {
        return fn();
      } finally {
        current = outer;
      }
    },
  };
}

// One state per realm, not per copy: the ESM and the CommonJS build, or two versions, may be loaded together.
const KEY = Symbol.for('@holdline/shared/1');
const realm = globalThis as { [KEY]?: ProcessState };

/** The state that all copies of this package in the process share. */
export const shared: ProcessState = (realm[KEY] ??= {
  attachments: new WeakMap(),
  infos: new WeakMap(),
  lastBare: undefined,
  context: createAmbient(),
  lineListeners: new Set(),
});
