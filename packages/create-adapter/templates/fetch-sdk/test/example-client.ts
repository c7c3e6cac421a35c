// The SDK of the template, as a vendor might publish it. It knows nothing of Holdline. Delete this file when the contract runs on $theClient$.
import { Agent } from 'undici';

/** What the SDK throws for a request that it refuses. */
export class ExampleError extends Error {
  override readonly name = 'ExampleError';
}

export class ExampleSdk {
  readonly baseUrl: string;
  readonly headers: Record<string, string>;
  readonly interceptors: ((url: string) => void)[] = [];
  /** Makes one request on the wire. All requests of the SDK pass here. */
  fetch: (url: string, init?: RequestInit) => Promise<Response>;

  readonly #agent: Agent;

  constructor(baseUrl: string, { headers = {} as Record<string, string>, maxSockets = null as number | null } = {}) {
    this.baseUrl = baseUrl;
    this.headers = headers;
    this.#agent = new Agent({ connections: maxSockets });
    const pool = { dispatcher: this.#agent as object };
    this.fetch = (url, init) => fetch(url, { ...init, ...pool });
  }

  async send(
    path: string,
    init: RequestInit & { headers?: Record<string, string>; duplex?: 'half' } = {},
  ): Promise<Response> {
    if (path === '') throw new ExampleError('no path');
    const url = new URL(path, this.baseUrl).href;
    for (const interceptor of this.interceptors) interceptor(url);
    return this.fetch(url, { ...init, headers: { ...this.headers, ...init.headers } });
  }
  close(): Promise<void> {
    return this.#agent.destroy();
  }
}
