import { showsAs, type HeaderAccess } from '@holdline/core';
import type { NativeConfig } from './types.js';

/** The headers of a request. */
export class RequestHeaders implements HeaderAccess {
  constructor(
    private readonly native: unknown,
    private readonly auth: NativeConfig['auth'],
  ) {}

  get(name: string): string | undefined {
    const { auth } = this;
    // Basic credentials become a header only in the native adapter, and replace the one that is there.
    if (auth && name.toLowerCase() === 'authorization') return `Basic ${auth.username}:${auth.password}`;
    return readHeader(this.native, name);
  }

  set(name: string, value: string): void {
    writeHeader(this.native, name, value);
  }
}

showsAs(RequestHeaders, () => ({}));

/** Reads a header of any axios version and any adapter: of an `AxiosHeaders`, a `Headers`, or a plain object. */
export function readHeader(headers: unknown, name: string): string | undefined {
  if (typeof headers !== 'object' || headers === null) return undefined;
  const { get } = headers as { get?: unknown };
  return formatHeader(typeof get === 'function' ? get.call(headers, name) : readPlainHeader(headers, name));
}

/**
 * Reads the headers of an answer by their lower-case names. Every answer is asked for many that it does not have. Where its own
 * are in lower case, as native adapters give them, that is not looked up in all spellings each time.
 */
export function createHeaderReader(headers: unknown): (name: string) => string | undefined {
  let isLower: boolean | undefined;
  return (name) => {
    isLower ??= hasLowerCaseNames(headers);
    if (!isLower) return readHeader(headers, name);
    return Object.hasOwn(headers as object, name)
      ? formatHeader((headers as Record<string, unknown>)[name])
      : undefined;
  };
}

/** A `Headers` has its names elsewhere. */
function hasLowerCaseNames(headers: unknown): boolean {
  if (typeof headers !== 'object' || headers === null) return false;
  if (typeof (headers as { keys?: unknown }).keys === 'function') return false;
  return Object.keys(headers).every((name) => name === name.toLowerCase());
}

function formatHeader(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) return value.join(', ');
  return typeof value === 'number' ? String(value) : undefined;
}

/** Writes one header; the adapter of somebody between axios and us may have made a plain object of them. */
export function writeHeader(headers: unknown, name: string, value: string): void {
  const { set } = headers as { set?: unknown };
  if (typeof set === 'function') {
    set.call(headers, name, value);
    return;
  }
  const plain = headers as Record<string, unknown>;
  plain[findKey(plain, name) ?? name] = value;
}

function readPlainHeader(headers: object, name: string): unknown {
  const key = findKey(headers, name);
  return key === undefined ? undefined : (headers as Record<string, unknown>)[key];
}

function findKey(headers: object, name: string): string | undefined {
  const lowerCaseName = name.toLowerCase();
  return Object.keys(headers).find((key) => key.toLowerCase() === lowerCaseName);
}
