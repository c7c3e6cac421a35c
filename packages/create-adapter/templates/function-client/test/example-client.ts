// The client of the template, as a vendor might publish it. It knows nothing of Holdline. Delete this file when the contract runs on $theClient$.
import { Agent, type IncomingHttpHeaders, type IncomingMessage, request as httpRequest } from 'node:http';
import type { Readable } from 'node:stream';

export interface ExampleRequest {
  method: string;
  url: string;
  headers: Record<string, string>;
  body?: string | Uint8Array | Readable | undefined;
  signal?: AbortSignal | undefined;
}

/** An answer whose body nobody has read. */
export class ExampleResponse {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;

  constructor(readonly body: IncomingMessage) {
    this.status = body.statusCode ?? 0;
    this.headers = body.headers;
  }

  async text(): Promise<string> {
    return Buffer.concat((await this.body.toArray()) as Buffer[]).toString();
  }
}

/** What the client throws for an answer of 400 or more, and for a request that it refuses. */
export class ExampleError extends Error {
  override readonly name = 'ExampleError';

  constructor(
    message: string,
    readonly response?: ExampleResponse,
  ) {
    super(message);
  }
}

const MAX_REDIRECTS = 5;

export class ExampleClient {
  readonly baseUrl: string;
  readonly defaults: Record<string, string>;
  readonly interceptors: ((request: ExampleRequest) => void)[] = [];
  readonly #agent: Agent;

  constructor(baseUrl: string, { headers = {}, maxSockets = Infinity } = {}) {
    this.baseUrl = baseUrl;
    this.defaults = headers;
    this.#agent = new Agent({ keepAlive: true, maxSockets });
  }

  /** Makes one request on the wire. All requests of the client pass here. */
  transport({ method, url, headers, body, signal }: ExampleRequest): Promise<ExampleResponse> {
    return new Promise((resolve, reject) => {
      const sending = httpRequest(
        url,
        { method, headers, agent: this.#agent, ...(signal && { signal }) },
        (message) => {
          const response = new ExampleResponse(message);
          if (response.status < 400) resolve(response);
          else reject(new ExampleError(`status ${response.status}`, response));
        },
      );
      sending.on('error', reject);
      if (typeof body === 'object' && 'pipe' in body) {
        body.on('error', (error: Error) => sending.destroy(error));
        body.pipe(sending);
      } else sending.end(body);
    });
  }

  async request(given: Partial<ExampleRequest> & { url: string }): Promise<ExampleResponse> {
    const { method = 'GET', url, body, signal } = given;
    const headers = { ...this.defaults, ...given.headers };
    if (!/^[A-Z]+$/.test(method)) throw new ExampleError(`wrong method ${method}`);
    let request: ExampleRequest = { method, url: new URL(url, this.baseUrl).href, headers, body, signal };
    for (const interceptor of this.interceptors) interceptor(request);
    for (let redirects = 0; ; redirects++) {
      const response = await this.transport(request);
      const { location } = response.headers;
      if (response.status < 300 || location === undefined) return response;
      response.body.destroy();
      if (redirects === MAX_REDIRECTS) throw new ExampleError('too many redirects');
      request = { ...request, method: 'GET', url: new URL(location, request.url).href, body: undefined };
    }
  }

  close(): void {
    this.#agent.destroy();
  }
}
