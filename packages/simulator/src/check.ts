/**
 * A bad option. The message names the key, the value and what is allowed.
 *
 * @example
 * ```ts
 * import { startSimulator } from '@holdline/simulator';
 *
 * await startSimulator({ platform: 'genesys', clockSkewMs: NaN });
 * // SimulatorOptionError: clockSkewMs is NaN; allowed: a whole number from -8640000000000 to 8640000000000
 * ```
 */
export class SimulatorOptionError extends Error {
  override readonly name = 'SimulatorOptionError';
  readonly code = 'SIMULATOR_OPTION';
  /** Path of the option, for example `limits[0].windowMs`. */
  readonly key: string;
  /** What the option takes, in words. */
  readonly allowed: string;

  constructor(key: string, value: unknown, allowed: string) {
    super(`${key} is ${show(value)}; allowed: ${allowed}`);
    this.key = key;
    this.allowed = allowed;
  }
}

/** The longest time Node's timers can hold, and therefore the longest this package takes. Unit: ms. */
export const MAX_TIMER_MS = 2_147_483_647;

function show(value: unknown): string {
  if (typeof value === 'function') return 'a function';
  if (typeof value === 'bigint') return `${value}n`;
  if (value === undefined || typeof value === 'number' || typeof value === 'symbol') return String(value);
  let text: string;
  try {
    text = JSON.stringify(value) ?? String(value);
  } catch {
    text = 'an object that is not plain data';
  }
  return text.length > 120 ? `${text.slice(0, 117)}...` : text;
}

/** A plain object whose keys are all among `keys`. */
export function readObject(key: string, value: unknown, keys: readonly string[]): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new SimulatorOptionError(key, value, `an object with the keys ${keys.join(', ')}`);
  }
  for (const name of Object.keys(value)) {
    if (!keys.includes(name)) {
      const path = key === 'options' ? name : `${key}.${name}`;
      const given = (value as Record<string, unknown>)[name];
      throw new SimulatorOptionError(path, given, `no such key; ${key} takes ${keys.join(', ')}`);
    }
  }
  return value as Record<string, unknown>;
}

export function readList(key: string, value: unknown, what: string): readonly unknown[] {
  if (!Array.isArray(value)) throw new SimulatorOptionError(key, value, `a list of ${what}`);
  return value as readonly unknown[];
}

export function readInteger(key: string, value: unknown, min: number, max: number): number {
  if (typeof value !== 'number' || !Number.isInteger(value) || value < min || value > max) {
    throw new SimulatorOptionError(key, value, `a whole number from ${min} to ${max}`);
  }
  return value;
}

export function readNumber(key: string, value: unknown, min: number, max: number): number {
  if (typeof value !== 'number' || !(value >= min && value <= max)) {
    throw new SimulatorOptionError(key, value, `a number from ${min} to ${max}`);
  }
  return value;
}

export function readBoolean(key: string, value: unknown): boolean {
  if (typeof value !== 'boolean') throw new SimulatorOptionError(key, value, 'true or false');
  return value;
}

export function readOneOf<const T extends string>(key: string, value: unknown, allowed: readonly T[]): T {
  if (typeof value !== 'string' || !(allowed as readonly string[]).includes(value)) {
    throw new SimulatorOptionError(key, value, allowed.map((word) => `'${word}'`).join(', '));
  }
  return value as T;
}

/** Header names are HTTP tokens, so that nothing written from them can break the message apart. */
const headerName = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

/** A value as one line of latin-1: tabs and everything visible, the upper half included, no line breaks. */
const headerValue = /^[\t\x20-\x7e\x80-\xff]*$/;

export function readHeaders(key: string, value: unknown): Record<string, string> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new SimulatorOptionError(key, value, 'an object of header names and string values');
  }
  const headers: Record<string, string> = {};
  for (const [name, text] of Object.entries(value)) {
    readHeaderName(key, name);
    headers[name] = readHeaderValue(`${key}.${name}`, text);
  }
  return headers;
}

export function readHeaderName(key: string, value: unknown): string {
  if (typeof value !== 'string' || !headerName.test(value)) {
    throw new SimulatorOptionError(key, value, 'header names made of HTTP token characters');
  }
  return value;
}

export function readHeaderValue(key: string, value: unknown): string {
  if (typeof value !== 'string' || !headerValue.test(value)) {
    throw new SimulatorOptionError(key, value, 'a string of latin-1 characters without control characters except tab');
  }
  return value;
}

/** A key that has a meaning only under a condition. */
export function onlyWith(
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
