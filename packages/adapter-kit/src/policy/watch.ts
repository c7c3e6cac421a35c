import { AsyncLocalStorage } from 'node:async_hooks';
import process from 'node:process';
import { inspect } from 'node:util';

/** What the code of a policy did besides its work. */
export class Watch {
  /** Sources of time and random numbers that it used, such as `Date.now()`. */
  readonly ambient = new Set<string>();
  /** Functions by which it wrote one of `secrets`. */
  readonly leaks = new Set<string>();

  constructor(readonly secrets: readonly string[]) {}

  /** Runs code of the policy. Everything that follows from it asynchronously is also observed. */
  run<T>(code: () => T): T {
    return current.run(this, code);
  }

  /** Runs other code, which the policy called. */
  leave<T>(code: () => T): T {
    return current.run(undefined, code);
  }

  reveals(text: string): boolean {
    return this.secrets.some((secret) => text.includes(secret));
  }
}

const current = new AsyncLocalStorage<Watch | undefined>();

type AnyFunction = (...args: never[]) => unknown;
type Holder = Record<string, unknown>;

/** Watches that are open. The last one restores what the first one replaced. */
let watches = 0;
const restores: (() => void)[] = [];

/** Observes the globals of this process until the returned function is called. The globals work as before. */
export function observeGlobals(): () => void {
  if (watches++ === 0) replaceGlobals();
  let isOpen = true;
  return () => {
    if (!isOpen) return;
    isOpen = false;
    if (--watches === 0) for (const restore of restores.splice(0)) restore();
  };
}

function replaceGlobals(): void {
  const { Date: NativeDate } = globalThis;
  const now = listen(NativeDate.now as AnyFunction, () => use('Date.now()'));
  replace(
    globalThis as unknown as Holder,
    'Date',
    new Proxy(NativeDate, {
      construct(target, args, made) {
        if (args.length === 0) use('new Date()');
        return Reflect.construct(target, args, made) as object;
      },
      apply(target, self, args) {
        use('Date()');
        return Reflect.apply(target as unknown as AnyFunction, self, args as never[]);
      },
      get: (target, key) => (key === 'now' ? now : (Reflect.get(target, key) as unknown)),
    }),
  );
  for (const [holder, key, name] of [
    [Math, 'random', 'Math.random()'],
    [performance, 'now', 'performance.now()'],
    [globalThis, 'setTimeout', 'setTimeout()'],
    [globalThis, 'setInterval', 'setInterval()'],
  ] as [unknown, string, string][]) {
    replaceFunction(holder as Holder, key, () => use(name));
  }
  for (const key of ['log', 'info', 'warn', 'error', 'debug', 'trace', 'dir'])
    replaceFunction(console as unknown as Holder, key, (args) => write(`console.${key}()`, args));
  for (const key of ['stdout', 'stderr'] as const)
    replaceFunction(process[key] as unknown as Holder, 'write', (args) => write(`process.${key}.write()`, args));
}

function use(what: string): void {
  current.getStore()?.ambient.add(what);
}

function write(how: string, args: readonly unknown[]): void {
  const watch = current.getStore();
  if (watch === undefined) return;
  const texts = args.map((arg) => (typeof arg === 'string' ? arg : inspect(arg, { depth: 8 })));
  if (watch.reveals(texts.join(' '))) watch.leaks.add(how);
}

function listen(native: AnyFunction, listener: (args: readonly unknown[]) => void): AnyFunction {
  return new Proxy(native, {
    apply(target, self, args) {
      listener(args as unknown[]);
      return Reflect.apply(target, self, args as never[]);
    },
  });
}

function replaceFunction(holder: Holder, key: string, listener: (args: readonly unknown[]) => void): void {
  replace(holder, key, listen(holder[key] as AnyFunction, listener));
}

function replace(holder: Holder, key: string, value: unknown): void {
  const own = Object.getOwnPropertyDescriptor(holder, key);
  Object.defineProperty(holder, key, {
    value,
    configurable: true,
    writable: true,
    enumerable: own?.enumerable ?? false,
  });
  restores.push(() => {
    // Other code may have replaced it meanwhile, such as fake timers of a test.
    if (holder[key] !== value) return;
    if (own) Object.defineProperty(holder, key, own);
    else Reflect.deleteProperty(holder, key);
  });
}
