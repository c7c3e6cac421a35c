import { SimulatorOptionError } from '../option-error.js';

/** Longest time that Node's timers accept, and therefore the longest time of any option, ms. */
export const MAX_TIMER_MS = 2_147_483_647;

/** Largest count that options accept. */
export const MAX_COUNT = 1_000_000_000;

/** Checks a plain object whose keys are all among `keys`. */
export function checkObject(key: string, value: unknown, keys: readonly string[]): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new SimulatorOptionError(key, value, `an object with the keys ${keys.join(', ')}`);
  }
  for (const name of Object.keys(value)) {
    if (!keys.includes(name)) {
      const path = key === 'options' ? name : `${key}.${name}`;
      const given = (value as Record<string, unknown>)[name];
      throw new SimulatorOptionError(path, given, `only the keys ${keys.join(', ')}`);
    }
  }
  return value as Record<string, unknown>;
}

export function checkList(key: string, value: unknown, items: string): readonly unknown[] {
  if (!Array.isArray(value)) throw new SimulatorOptionError(key, value, `an array of ${items}`);
  return value as readonly unknown[];
}

export function checkInteger(key: string, value: unknown, min: number, max: number): number {
  if (typeof value !== 'number' || !Number.isInteger(value) || value < min || value > max) {
    throw new SimulatorOptionError(key, value, `a whole number from ${min} to ${max}`);
  }
  return value;
}

export function checkNumber(key: string, value: unknown, min: number, max: number): number {
  if (typeof value !== 'number' || !(value >= min && value <= max)) {
    throw new SimulatorOptionError(key, value, `a number from ${min} to ${max}`);
  }
  return value;
}

export function checkBoolean(key: string, value: unknown): boolean {
  if (typeof value !== 'boolean') throw new SimulatorOptionError(key, value, 'true or false');
  return value;
}

export function checkOneOf<const T extends string>(key: string, value: unknown, allowed: readonly T[]): T {
  if (typeof value !== 'string' || !(allowed as readonly string[]).includes(value)) {
    throw new SimulatorOptionError(key, value, allowed.map((word) => `'${word}'`).join(', '));
  }
  return value as T;
}

/** Refuses a key that is given although its condition does not hold. */
export function forbidUnless(
  key: string,
  given: Record<string, unknown>,
  name: string,
  allowed: boolean,
  rule: string,
): void {
  if (given[name] !== undefined && !allowed) {
    throw new SimulatorOptionError(key === '' ? name : `${key}.${name}`, given[name], rule);
  }
}
