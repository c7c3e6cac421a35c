// The client of the template, as a vendor might publish it: a function with frozen members. It knows nothing of Holdline. Delete this file
// when the contract runs on $theClient$.
import { Agent } from 'undici';

export interface ExampleOptions {
  method?: string;
  headers?: Record<string, string>;
  body?: BodyInit | null;
  signal?: AbortSignal | undefined;
}

export interface ExampleRequest {
  (url: string, options?: ExampleOptions): Promise<Response>;
  readonly defaults: { readonly baseUrl: string; readonly headers: Readonly<Record<string, string>> };
  /** Returns a client with further default headers. */
  extend(headers: Record<string, string>): ExampleRequest;
}

export function createRequest(
  baseUrl: string,
  headers: Record<string, string> = {},
  agent: Agent = new Agent(),
): ExampleRequest {
  async function request(url: string, { headers: given, ...options }: ExampleOptions = {}): Promise<Response> {
    const init = { ...options, headers: { ...headers, ...given }, signal: options.signal ?? null };
    // A redirect is an answer. A client that follows redirects itself hides whether a failure is that of the write.
    const settings = { duplex: 'half', dispatcher: agent as object, redirect: 'manual' } as const;
    return fetch(new URL(url, baseUrl), { ...init, ...settings });
  }
  return Object.freeze(
    Object.assign(request, {
      defaults: Object.freeze({ baseUrl, headers: Object.freeze(headers) }),
      extend: (more: Record<string, string>) => createRequest(baseUrl, { ...headers, ...more }, agent),
    }),
  );
}
