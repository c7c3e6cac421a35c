import { ConfigError } from './errors.js';

/**
 * Checks one value of a configuration and returns it, typed.
 *
 * @param also - What the caller allows besides, such as `false or `. It starts the list of the allowed values in the error message.
 * @throws ConfigError that names `key`, the value and the allowed values.
 * @public
 */
export type Check<T> = (value: unknown, key: string, also?: string) => T;

// A wrong value under one of these keys may be a secret.
const SECRET = /token|secret|password|credential|authorization|apikey|accesskey|headers/i;

/** Shortens a name for an error message. */
const shorten = (name: string): string => name.slice(0, 80);

function describeValue(value: unknown, key: string): string {
  if (typeof value === 'string') {
    return key === '' || SECRET.test(key) ? `a string of ${value.length} characters` : JSON.stringify(shorten(value));
  }
  if (typeof value === 'bigint') return 'a bigint';
  if (typeof value === 'function') return 'a function';
  if (typeof value === 'symbol') return 'a symbol';
  if (Array.isArray(value)) return `an array of ${value.length}`;
  if (typeof value === 'object' && value !== null) return 'an object';
  return String(value);
}

/** Throws the `ConfigError` for a wrong value. */
export function refuse(key: string, value: unknown, allowed: string): never {
  throw new ConfigError(`${key || 'the configuration'} must be ${allowed}, got ${describeValue(value, key)}`);
}

/** Getters and proxies may throw errors that contain secrets. This function replaces such errors by a ConfigError with the key. */
function wrapReadErrors<T>(key: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    throw new ConfigError(`${key || 'the configuration'} cannot be read`);
  }
}

/** A finite number within the range; `infinite` also allows `Infinity`. */
export function number(
  range: { min?: number; above?: number; max?: number; integer?: boolean; infinite?: boolean } = {},
): Check<number> {
  const parts = [range.integer ? 'an integer' : 'a number'];
  if (range.min !== undefined) parts.push(`of at least ${range.min}`);
  if (range.above !== undefined) parts.push(`above ${range.above}`);
  if (range.max !== undefined) parts.push(`${parts.length > 1 ? 'and ' : ''}at most ${range.max}`);
  if (range.infinite) parts.push('or Infinity');
  const allowed = parts.join(' ');
  return (value, key) => {
    if (
      typeof value !== 'number' ||
      Number.isNaN(value) ||
      (!Number.isFinite(value) && !(range.infinite && value === Infinity)) ||
      (range.integer && Number.isFinite(value) && !Number.isInteger(value)) ||
      (range.min !== undefined && value < range.min) ||
      (range.above !== undefined && value <= range.above) ||
      (range.max !== undefined && value > range.max)
    ) {
      refuse(key, value, allowed);
    }
    return value;
  };
}

/** An integer of at least 1. */
export const count = number({ min: 1, integer: true });

/** A finite number above 0. */
export const positive = number({ above: 0 });

/** A finite number of at least 0. */
export const nonNegative = number({ min: 0 });

/** A number above 0, or `Infinity`. */
export const positiveOrInfinite = number({ above: 0, infinite: true });

/** `true` or `false`. */
export const flag: Check<boolean> = (value, key) =>
  typeof value === 'boolean' ? value : refuse(key, value, 'true or false');

/** A string that is not empty. */
export const text: Check<string> = (value, key) =>
  typeof value === 'string' && value !== '' ? value : refuse(key, value, 'a string that is not empty');

/** A string that matches a pattern. `allowed` describes the string in the error message. */
export function matching(pattern: RegExp, allowed: string): Check<string> {
  return (value, key) => (typeof value === 'string' && pattern.test(value) ? value : refuse(key, value, allowed));
}

/** Any function. The caller gives the types of its arguments and result. */
export function callable<F extends (...args: never[]) => unknown>(): Check<F> {
  return (value, key) => (typeof value === 'function' ? (value as F) : refuse(key, value, 'a function'));
}

/** One of the given strings. */
export function oneOf<const T extends string>(...allowed: T[]): Check<T> {
  return (value, key, also = '') =>
    allowed.includes(value as T) ? (value as T) : refuse(key, value, `${also}'${allowed.join("' or '")}'`);
}

/** An array whose every element passes `check`. */
export function list<T>(check: Check<T>): Check<T[]> {
  return (value, key) =>
    // `map` would skip the holes of a sparse array.
    Array.isArray(value)
      ? Array.from(value, (element, i) => check(element, `${key}[${i}]`))
      : refuse(key, value, 'an array');
}

/** Applies check `a` to the values that `accepts` selects, and check `b` to all others. */
export function either<A, B>(a: Check<A>, b: Check<B>, accepts: (value: unknown) => boolean): Check<A | B> {
  return (value, key) => (accepts(value) ? a(value, key) : b(value, key));
}

/** A function, or a value that passes `check`. */
export function orFunction<F extends (...args: never[]) => unknown, T>(check: Check<T>): Check<F | T> {
  return (value, key) => (typeof value === 'function' ? (value as F) : check(value, key));
}

/** `false`, or a value that passes `check`. */
export function orFalse<T>(check: Check<T>): Check<T | false> {
  return (value, key) => (value === false ? false : check(value, key, 'false or '));
}

type Shape<T> = { [K in keyof Required<T>]: Check<NonNullable<T[K]>> };

/** Whether `value` is an object, such as a literal or a class instance, but not an array, a function or null. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * An object of optional keys, each with its own check. An unknown key is an error. A key with the value `undefined` counts as
 * absent.
 */
export function shape<T extends object>(keys: Shape<T>): Check<T> {
  const known = Object.keys(keys) as (keyof Shape<T> & string)[];
  return (value, key, also = '') =>
    wrapReadErrors(key, () => {
      if (!isRecord(value)) refuse(key, value, `${also}an object with ${known.join(', ')}`);
      const result: Record<string, unknown> = {};
      for (const name of Object.keys(value)) {
        const path = key === '' ? shorten(name) : `${key}.${shorten(name)}`;
        if (!Object.hasOwn(keys, name))
          throw new ConfigError(`${path} is not known; allowed here: ${known.join(', ')}`);
        wrapReadErrors(path, () => {
          const given = value[name];
          if (given !== undefined) result[name] = keys[name as keyof Shape<T>](given, path);
        });
      }
      return result as T;
    });
}

/** A record with arbitrary keys. */
export function record<T>(check: Check<T>, checkKey?: (name: string, key: string) => void): Check<Record<string, T>> {
  return (value, key) => {
    if (!isRecord(value)) refuse(key, value, 'an object');
    const result: Record<string, T> = {};
    for (const [name, given] of Object.entries(value)) {
      const path = `${key}['${shorten(name)}']`;
      checkKey?.(name, path);
      if (given !== undefined) result[name] = check(given, path);
    }
    return result;
  };
}

/**
 * Checks for options. Each throws a `ConfigError` that names the key, the value and the allowed values.
 * @public
 */
export interface Checks {
  /** A function. The caller gives the types of its arguments and result. */
  callable<F extends (...args: never[]) => unknown>(): Check<F>;
  /** Applies check `a` to the values that `accepts` selects, and check `b` to all others. */
  either<A, B>(a: Check<A>, b: Check<B>, accepts: (value: unknown) => boolean): Check<A | B>;
  /** `true` or `false`. */
  readonly flag: Check<boolean>;
  /** Whether `value` is an object, such as a literal or a class instance, but not an array, a function or null. */
  isRecord(value: unknown): value is Record<string, unknown>;
  /** An array whose every element passes `check`. */
  list<T>(check: Check<T>): Check<T[]>;
  /** A finite number within the range; `infinite` also allows `Infinity`. */
  number(range?: { min?: number; above?: number; max?: number; integer?: boolean; infinite?: boolean }): Check<number>;
  /** One of the given strings. */
  oneOf<const T extends string>(...allowed: T[]): Check<T>;
  /** `false`, or a value that passes `check`. */
  orFalse<T>(check: Check<T>): Check<T | false>;
  /** A record with arbitrary keys. */
  record<T>(check: Check<T>, checkKey?: (name: string, key: string) => void): Check<Record<string, T>>;
  /** Throws the `ConfigError` for a wrong value. */
  refuse(key: string, value: unknown, allowed: string): never;
  /** An object of optional keys, each with its own check. An unknown key is an error. The value `undefined` counts as absent. */
  shape<T extends object>(keys: { [K in keyof Required<T>]: Check<NonNullable<T[K]>> }): Check<T>;
  /** A string that is not empty. */
  readonly text: Check<string>;
}

/** An object with the given methods. `name` names its kind in the error message. */
export function port<T>(name: string, ...methods: (keyof T & string)[]): Check<T> {
  return (value, key) => {
    const has = isRecord(value) && methods.every((method) => typeof value[method] === 'function');
    return has ? (value as T) : refuse(key, value, `a ${name} with ${methods.join(', ')}`);
  };
}
