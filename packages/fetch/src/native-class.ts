/**
 * Finds the native class of an object, of the platform or of another fetch implementation. A derived class is skipped, because
 * its constructor may take other arguments.
 */
export function findNativeClass<T>(object: object, name: string): new (...args: unknown[]) => T {
  let nativeConstructor = object.constructor;
  let prototype: unknown = object;
  while (typeof prototype === 'object' && prototype !== null) {
    const tag = Object.getOwnPropertyDescriptor(prototype, Symbol.toStringTag);
    if (tag && (prototype as { [Symbol.toStringTag]?: unknown })[Symbol.toStringTag] === name)
      nativeConstructor = prototype.constructor;
    prototype = Object.getPrototypeOf(prototype);
  }
  return nativeConstructor as new (...args: unknown[]) => T;
}
