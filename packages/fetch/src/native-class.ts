/**
 * The class of the platform, or of another implementation of fetch, that an object is made of: not a class derived from it, whose
 * constructor may take anything.
 */
export function nativeClass<T>(object: object, name: string): new (...args: unknown[]) => T {
  let found = object.constructor;
  let prototype: unknown = object;
  while (typeof prototype === 'object' && prototype !== null) {
    const tag = Object.getOwnPropertyDescriptor(prototype, Symbol.toStringTag);
    if (tag && (prototype as { [Symbol.toStringTag]?: unknown })[Symbol.toStringTag] === name)
      found = prototype.constructor;
    prototype = Object.getPrototypeOf(prototype);
  }
  return found as new (...args: unknown[]) => T;
}
