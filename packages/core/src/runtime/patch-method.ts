import type { Undo } from '../contract/clock.js';

/**
 * For adapters: replaces a method of one object.
 *
 * @returns a function that restores the method, as an own or an inherited property. If other code has replaced the method since, that
 *   replacement stays, and the patch below it only calls the original.
 * @example
 * ```ts
 * import { patchMethod } from '@holdline/core';
 *
 * declare const client: { send(text: string): Promise<void> };
 * const undo = patchMethod(client, 'send', (send) => (text) => send.call(client, text.trim()));
 * undo();
 * ```
 * @public
 */
export function patchMethod<T extends object, K extends keyof T>(
  target: T,
  key: K,
  make: (original: T[K]) => T[K],
): Undo {
  const own = Object.getOwnPropertyDescriptor(target, key);
  const original = target[key];
  const made = make(original);
  let active = true;
  const replacement = function (this: T, ...args: unknown[]): unknown {
    return ((active ? made : original) as (...args: unknown[]) => unknown).apply(this, args);
  } as T[K];
  Object.defineProperty(target, key, {
    value: replacement,
    writable: true,
    configurable: true,
    enumerable: own?.enumerable ?? false,
  });
  return () => {
    active = false;
    if (target[key] !== replacement) return;
    if (own) Object.defineProperty(target, key, own);
    else delete target[key];
  };
}
