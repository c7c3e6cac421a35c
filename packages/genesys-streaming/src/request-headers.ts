import { showsAs, type HeaderAccess } from '@holdline/core';
import type { RequestOptions } from './sdk.js';

/** The headers of a request, as the SDK will make them of its options. */
export class RequestHeaders implements HeaderAccess {
  constructor(private readonly options: RequestOptions) {}

  get(name: string): string | undefined {
    const { noAuthHeader, authToken, customHeaders = {}, contentType = 'application/json' } = this.options;
    const wanted = name.toLowerCase();
    if (wanted === 'authorization' && !noAuthHeader) return `Bearer ${authToken}`;
    const custom = keyOf(customHeaders, name);
    if (custom !== undefined) return customHeaders[custom];
    return wanted === 'content-type' ? contentType : undefined;
  }

  set(name: string, value: string): void {
    if (name.toLowerCase() === 'authorization') this.options.authToken = value.replace(/^Bearer /, '');
    else {
      const custom = (this.options.customHeaders ??= {});
      custom[keyOf(custom, name) ?? name] = value;
    }
  }
}

// The options hold the token.
showsAs(RequestHeaders, () => ({}));

/** A header as it is written there. */
function keyOf(headers: Record<string, string>, name: string): string | undefined {
  return Object.keys(headers).find((key) => key.toLowerCase() === name.toLowerCase());
}
