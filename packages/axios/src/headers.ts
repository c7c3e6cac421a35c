import { definePrintedForm, type HeaderAccess } from '@holdline/core';
import type { NativeConfig } from './types.js';

/** Reads and writes the headers of a request for the line. */
export class RequestHeaders implements HeaderAccess {
  constructor(
    private readonly native: unknown,
    private readonly auth: NativeConfig['auth'],
  ) {}

  get(name: string): string | undefined {
    const { auth } = this;
    // The native adapter turns `auth` into the Authorization header and replaces an existing one.
    if (auth && name.toLowerCase() === 'authorization') return `Basic ${auth.username}:${auth.password}`;
    return readHeader(this.native, name);
  }

  set(name: string, value: string): void {
    writeHeader(this.native, name, value);
  }
}

definePrintedForm(RequestHeaders, () => ({}));

/**
 * Reads a header from an `AxiosHeaders`, a `Headers` or a plain object, of any axios version and any adapter.
 * @internal
 */
export function readHeader(headers: unknown, name: string): string | undefined {
  if (typeof headers !== 'object' || headers === null) return undefined;
  const { get } = headers as { get?: unknown };
  return formatHeader(typeof get === 'function' ? get.call(headers, name) : readPlainHeader(headers, name));
}

/**
 * Creates a reader of response headers by lower-case name. The line looks up many headers that most responses lack. Native adapters
 * give names in lower case; the reader then skips the search over all spellings.
 * @internal
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

/** Tells whether all names are plain properties in lower case. A `Headers` does not keep its names as properties. */
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

/**
 * Writes one header. An adapter between axios and the guard may have made a plain object of the headers.
 * @internal
 */
export function writeHeader(headers: unknown, name: string, value: string): void {
  const { set } = headers as { set?: unknown };
  if (typeof set === 'function') {
    set.call(headers, name, value);
    return;
  }
  const plain = headers as Record<string, unknown>;
  plain[findKey(plain, name) ?? name] = value;
}

/**
 * Copies an `AxiosHeaders`, a `Headers` or a plain object.
 * @internal
 */
export function copyHeaders(headers: unknown): unknown {
  if (typeof headers !== 'object' || headers === null) return headers;
  const { constructor, get } = headers as { constructor: new (headers: object) => object; get?: unknown };
  return typeof get === 'function' ? new constructor(headers) : { ...headers };
}

function readPlainHeader(headers: object, name: string): unknown {
  const key = findKey(headers, name);
  return key === undefined ? undefined : (headers as Record<string, unknown>)[key];
}

function findKey(headers: object, name: string): string | undefined {
  const lowerCaseName = name.toLowerCase();
  return Object.keys(headers).find((key) => key.toLowerCase() === lowerCaseName);
}
