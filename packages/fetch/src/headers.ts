import { definePrintedForm, type HeaderAccess } from '@holdline/core';
import { findNativeClass } from './native-class.js';
import type { NativeHeaders, NativeInit, NativeRequest } from './types.js';

/** Copies headers. A `Headers` keeps the case and the order of its names; its pairs lose both. */
export function copyHeaders(headers: object): object {
  if (!isHeaders(headers)) return listPairs(headers);
  try {
    return new (findNativeClass<NativeHeaders>(headers, 'Headers'))(headers);
  } catch {
    return listPairs(headers);
  }
}

function isHeaders(headers: unknown): headers is NativeHeaders {
  const { get, set, has } = headers as Partial<NativeHeaders>;
  return [get, set, has].every((method) => typeof method === 'function') && !(headers instanceof Map);
}

/** Lists headers of any kind as pairs. */
export function listPairs(headers: object): unknown[][] {
  return Symbol.iterator in headers
    ? Array.from(headers as Iterable<Iterable<unknown>>, (pair) => [...pair])
    : Object.entries(headers);
}

/** Reads and writes the headers in the options of a request. */
export class InitHeaders implements HeaderAccess {
  constructor(private readonly init: NativeInit) {}

  get(name: string): string | undefined {
    const { headers } = this.init;
    if (isHeadersObject(headers)) return headers.get(name) ?? undefined;
    const values = this.#pairs.filter(([key]) => matchesName(key, name)).map(([, value]) => String(value));
    return values.length > 0 ? values.join(', ') : undefined;
  }

  set(name: string, value: string): void {
    const { headers } = this.init;
    if (isHeadersObject(headers)) return headers.set(name, value);
    this.init.headers = [...this.#pairs.filter(([key]) => !matchesName(key, name)), [name, value]];
  }

  get #pairs(): unknown[][] {
    const { headers } = this.init;
    return Array.isArray(headers) ? (headers as unknown[][]) : [];
  }
}

/** Tells whether copied headers are a `Headers` object. Otherwise they are pairs. */
function isHeadersObject(headers: unknown): headers is NativeHeaders {
  return typeof headers === 'object' && headers !== null && !Array.isArray(headers);
}

/** Reads and writes the headers of a `Request`. */
export class RequestHeaders implements HeaderAccess {
  constructor(private readonly request: NativeRequest) {}

  get(name: string): string | undefined {
    return this.request.headers.get(name) ?? undefined;
  }

  set(name: string, value: string): void {
    this.request.headers.set(name, value);
  }
}

/** Tells whether `key` is the header `name`, in any case. */
export function matchesName(key: unknown, name: string): boolean {
  return String(key).toLowerCase() === name.toLowerCase();
}

// Logs must not show the credentials.
definePrintedForm(InitHeaders, () => ({}));
definePrintedForm(RequestHeaders, () => ({}));
