import { readHeader, writeHeader } from '@holdline/axios';
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
    return readHeader(this.#headers, name);
  }

  set(name: string, value: string): void {
    if (name.toLowerCase() === 'authorization') this.#isSigned = true;
    writeHeader(this.#headers, name, value);
  }

  /** A copy for one attempt. The SDK adds `Connection` and `Authorization` to it. */
  copy(): Record<string, unknown> {
    return { ...this.#headers };
  }

  entries(): (readonly [string, string])[] {
    return Object.keys(this.#headers).flatMap((name) => {
      const text = readHeader(this.#headers, name);
      return text === undefined ? [] : [[name, text] as const];
    });
  }
}

definePrintedForm(RequestHeaders, () => ({}));
