import { recordHeaders, type HeaderAccess } from '@holdline/core';
import type { RequestOptions } from './sdk.js';

/** The headers that the SDK makes of the options of a request. */
export class RequestHeaders implements HeaderAccess {
  readonly #options: RequestOptions;
  readonly #customHeaders: HeaderAccess;

  constructor(options: RequestOptions & { customHeaders: Record<string, string> }) {
    this.#options = options;
    this.#customHeaders = recordHeaders(options.customHeaders);
  }

  get(name: string): string | undefined {
    const { noAuthHeader, authToken, contentType = 'application/json' } = this.#options;
    const wanted = name.toLowerCase();
    if (wanted === 'authorization' && !noAuthHeader) return `Bearer ${authToken}`;
    return this.#customHeaders.get(name) ?? (wanted === 'content-type' ? contentType : undefined);
  }

  set(name: string, value: string): void {
    if (name.toLowerCase() === 'authorization') this.#options.authToken = value.replace(/^Bearer /, '');
    else this.#customHeaders.set(name, value);
  }
}
