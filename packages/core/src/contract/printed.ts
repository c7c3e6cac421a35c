const INSPECT = Symbol.for('nodejs.util.inspect.custom');

/**
 * Defines the printed form of a class: in `console.log` and `util.inspect` of Node, at any depth, and in `JSON.stringify`. For classes
 * whose fields lead to a request, a token or a key. A value that only the class itself needs belongs in a private field instead.
 *
 * @param describe - Returns the data to print, without secrets.
 * @public
 */
export function definePrintedForm<T extends object>(
  Class: { readonly prototype: T; readonly name: string },
  describe: (object: T) => object,
): void {
  const properties: Record<PropertyKey, unknown> = {
    toJSON(this: T) {
      return describe(this);
    },
    [INSPECT](this: T, _depth: number, options: object, inspect: (value: unknown, options: object) => string) {
      return `${Class.name} ${inspect(describe(this), options)}`;
    },
  };
  for (const key of Reflect.ownKeys(properties))
    Object.defineProperty(Class.prototype, key, { value: properties[key as string], configurable: true });
}
