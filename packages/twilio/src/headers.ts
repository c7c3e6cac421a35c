import { definePrintedForm, type HeaderAccess } from '@holdline/core';

/** The headers of a request, as plain values. The SDK's own object stays as it is. */
export class RequestHeaders implements HeaderAccess {
  readonly #headers: Record<string, unknown>;
  readonly #authorization: () => string | undefined;
  #isSigned = false;

  /** @param authorization - Returns the credential that the SDK will write, if it is known before the attempt. */
  constructor(headers: Record<string, unknown> | undefined, authorization: () => string | undefined) {
    this.#headers = { ...headers };
    this.#authorization = authorization;
  }

  /** Whether the line wrote the credential. The SDK must then not write its own. */
  get isSigned(): boolean {
    return this.#isSigned;
  }

  get(name: string): string | undefined {
    if (!this.#isSigned && name.toLowerCase() === 'authorization') {
      const own = this.#authorization();
      if (own !== undefined) return own;
    }
    return formatHeader(this.#headers[findName(this.#headers, name) ?? name]);
  }

  set(name: string, value: string): void {
    if (name.toLowerCase() === 'authorization') this.#isSigned = true;
    this.#headers[findName(this.#headers, name) ?? name] = value;
  }

  /** A copy for one attempt. The SDK adds `Connection` and `Authorization` to it. */
  copy(): Record<string, unknown> {
    return { ...this.#headers };
  }

  entries(): (readonly [string, string])[] {
    return Object.entries(this.#headers).flatMap(([name, value]) => {
      const text = formatHeader(value);
      return text === undefined ? [] : [[name, text] as const];
    });
  }
}

definePrintedForm(RequestHeaders, () => ({}));

/** Reads a header of an answer: from the headers of axios, a `Headers`, or a plain object in any case. */
export function readHeader(headers: unknown, name: string): string | undefined {
  if (typeof headers !== 'object' || headers === null) return undefined;
  const { get } = headers as { get?: unknown };
  if (typeof get === 'function') return formatHeader(get.call(headers, name));
  const record = headers as Record<string, unknown>;
  return formatHeader(Object.hasOwn(record, name) ? record[name] : record[findName(record, name) ?? name]);
}

function findName(headers: Record<string, unknown>, name: string): string | undefined {
  const lower = name.toLowerCase();
  return Object.keys(headers).find((key) => key.toLowerCase() === lower);
}

function formatHeader(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) return value.join(', ');
  return typeof value === 'number' ? String(value) : undefined;
}
