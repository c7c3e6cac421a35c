import { ConfigError } from './errors.js';

/**
 * Checks one value of a configuration and returns it, typed.
 *
 * @throws ConfigError naming `key`, the value and what is allowed.
 */
export type Check<T> = (value: unknown, key: string) => T;

// A wrong value under one of these keys may be a secret put in the wrong place.
const SECRET = /token|secret|password|credential|authorization|apikey|accesskey|headers/i;

/** As much of a name as a message can bear. */
const short = (name: string): string => name.slice(0, 80);

function show(value: unknown, key: string): string {
  if (typeof value === 'string') {
    return key === '' || SECRET.test(key) ? `a string of ${value.length} characters` : JSON.stringify(short(value));
  }
  if (typeof value === 'bigint') return 'a bigint';
  if (typeof value === 'function') return 'a function';
  if (typeof value === 'symbol') return 'a symbol';
  if (Array.isArray(value)) return `an array of ${value.length}`;
  if (typeof value === 'object' && value !== null) return 'an object';
  return String(value);
}

/** Raises the one kind of complaint a configuration gets. */
export function refuse(key: string, value: unknown, allowed: string): never {
  throw new ConfigError(`${key || 'the configuration'} must be ${allowed}, got ${show(value, key)}`);
}

/** Getters and proxies may throw anything, secrets too: what comes out is a ConfigError that names the key only. */
function legibly<T>(key: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    throw new ConfigError(`${key || 'the configuration'} cannot be read`);
  }
}

/** A finite number (or `Infinity` where `infinite`) within `min` and `max`. */
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

/** `true` or `false`. */
export const flag: Check<boolean> = (value, key) =>
  typeof value === 'boolean' ? value : refuse(key, value, 'true or false');

/** A string that is not empty. */
export const text: Check<string> = (value, key) =>
  typeof value === 'string' && value !== '' ? value : refuse(key, value, 'a string that is not empty');

/** Any function; its arguments and result are typed by the caller. */
export function callable<F extends (...args: never[]) => unknown>(): Check<F> {
  return (value, key) => (typeof value === 'function' ? (value as F) : refuse(key, value, 'a function'));
}

/** One of the given strings. */
export function oneOf<const T extends string>(...allowed: T[]): Check<T> {
  return (value, key) =>
    allowed.includes(value as T) ? (value as T) : refuse(key, value, allowed.map((name) => `'${name}'`).join(' or '));
}

/** An array whose every element passes `check`. */
export function list<T>(check: Check<T>): Check<T[]> {
  return (value, key) =>
    // Not `map`, which would leave the holes of a sparse array unchecked.
    Array.isArray(value)
      ? Array.from(value, (element, i) => check(element, `${key}[${i}]`))
      : refuse(key, value, 'an array');
}

/** The first of `checks` that accepts; `allowed` describes them all. */
export function either<A, B>(a: Check<A>, b: Check<B>, accepts: (value: unknown) => boolean): Check<A | B> {
  return (value, key) => (accepts(value) ? a(value, key) : b(value, key));
}

/** `false`, or what `check` accepts. */
export function orFalse<T>(check: Check<T>): Check<T | false> {
  return (value, key) => (value === false ? false : check(value, key));
}

type Shape<T> = { [K in keyof Required<T>]: Check<NonNullable<T[K]>> };

/** Whether `value` is an object literal or a class instance, and not an array, function or null. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * An object of optional keys, each with its own check. An unknown key is an error; `undefined` counts as left out.
 */
export function shape<T extends object>(keys: Shape<T>): Check<T> {
  const known = Object.keys(keys) as (keyof Shape<T> & string)[];
  return (value, key) =>
    legibly(key, () => {
      if (!isRecord(value)) refuse(key, value, `an object with ${known.join(', ')}`);
      const result: Record<string, unknown> = {};
      for (const name of Object.keys(value)) {
        const path = key === '' ? short(name) : `${key}.${short(name)}`;
        if (!Object.hasOwn(keys, name))
          throw new ConfigError(`${path} is not known; allowed here: ${known.join(', ')}`);
        legibly(path, () => {
          const given = value[name];
          if (given !== undefined) result[name] = keys[name as keyof Shape<T>](given, path);
        });
      }
      return result as T;
    });
}

/** A record with free keys. */
export function record<T>(check: Check<T>, checkKey?: (name: string, key: string) => void): Check<Record<string, T>> {
  return (value, key) => {
    if (!isRecord(value)) refuse(key, value, 'an object');
    const result: Record<string, T> = {};
    for (const [name, given] of Object.entries(value)) {
      const path = `${key}['${short(name)}']`;
      checkKey?.(name, path);
      if (given !== undefined) result[name] = check(given, path);
    }
    return result;
  };
}

/** An object that has these methods. */
export function port<T>(name: string, ...methods: (keyof T & string)[]): Check<T> {
  return (value, key) => {
    const has = isRecord(value) && methods.every((method) => typeof value[method] === 'function');
    return has ? (value as T) : refuse(key, value, `a ${name} with ${methods.join(', ')}`);
  };
}
