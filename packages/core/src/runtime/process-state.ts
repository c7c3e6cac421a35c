import type { ActiveContext } from '../call/active-context.js';
import type { CallInfo } from '../contract/call.js';
import type { Undo } from '../contract/clock.js';
import type { Holdline } from '../line/holdline.js';

/** A value that follows the flow of the program. */
interface Ambient<T> {
  get(): T | undefined;
  run<R>(value: T, fn: () => R): R;
}

/** The guard on one client. */
export interface Attachment {
  readonly line: Holdline;
  readonly detach: Undo;
}

interface Shared {
  readonly attachments: WeakMap<object, Attachment>;
  readonly infos: WeakMap<object, CallInfo>;
  /** The last call that ended in a value which cannot be a key, such as the `undefined` the Genesys SDK rejects with. */
  lastBare: { value: unknown; info: CallInfo } | undefined;
  readonly context: Ambient<ActiveContext>;
}

interface AsyncLocalStorageLike {
  getStore(): ActiveContext | undefined;
  run<R>(store: ActiveContext, fn: () => R): R;
}

function ambient(): Ambient<ActiveContext> {
  // Asked at run time, so that bundles for browsers neither contain nor shim it.
  const { process } = globalThis as { process?: { getBuiltinModule?: (id: string) => unknown } };
  const hooks = process?.getBuiltinModule?.('node:async_hooks') as
    { AsyncLocalStorage: new () => AsyncLocalStorageLike } | undefined;
  if (hooks) {
    const storage = new hooks.AsyncLocalStorage();
    return { get: () => storage.getStore(), run: (value, fn) => storage.run(value, fn) };
  }
  let current: ActiveContext | undefined;
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

// One per realm, not per copy: the ESM and the CommonJS build, or two versions, may be loaded side by side.
const KEY = Symbol.for('@holdline/shared/1');
const realm = globalThis as { [KEY]?: Shared };

/** What every copy of this package in the process shares. */
export const shared: Shared = (realm[KEY] ??= {
  attachments: new WeakMap(),
  infos: new WeakMap(),
  lastBare: undefined,
  context: ambient(),
});
