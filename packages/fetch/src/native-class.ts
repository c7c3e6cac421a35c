/**
 * The class of the platform, or of another implementation of fetch, that an object is made of: not a class derived from it, whose
 * constructor may take anything.
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
