const numbers = new WeakMap<object, number>();
let last = 0;

/**
 * A number that names an object among all objects of the process, or a function. Other values have 0.
 * @internal
 */
export function objectNumber(value: unknown): number {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return 0;
  let n = numbers.get(value);
  if (n === undefined) numbers.set(value, (n = ++last));
  return n;
}
