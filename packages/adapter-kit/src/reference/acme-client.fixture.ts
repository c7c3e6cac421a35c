import { Agent, type IncomingHttpHeaders, request as httpRequest } from 'node:http';
import { PassThrough, type Readable } from 'node:stream';

/** One request of the client. */
export interface AcmeRequest {
  method: string;
  url: string;
  headers: Record<string, string>;
  body?: string | Uint8Array | Readable | undefined;
  signal?: AbortSignal | undefined;
}

/** An answer whose body nobody has read. */
export class AcmeResponse {
  constructor(
    readonly status: number,
    readonly headers: IncomingHttpHeaders,
    public body: Readable,
  ) {}

  async text(): Promise<string> {
    return Buffer.concat((await this.body.toArray()) as Buffer[]).toString();
  }

  /** Makes a second response with the same body. */
  clone(): AcmeResponse {
    const { body } = this;
    const copies = [new PassThrough(), new PassThrough()] as const;
    for (const copy of copies) {
      body.pipe(copy);
      body.on('error', (error) => copy.destroy(error));
      copy.on('close', () => {
        if (copies.every(({ destroyed }) => destroyed)) body.destroy();
      });
    }
    this.body = copies[0];
    return new AcmeResponse(this.status, this.headers, copies[1]);
  }
}

/** What the client throws: for an answer of 400 or more, and for a request that it refuses. */
export class AcmeError extends Error {
  override readonly name = 'AcmeError';

  constructor(
    message: string,
    readonly response?: AcmeResponse,
  ) {
    super(message);
  }
}

export interface AcmeOptions {
  baseUrl: string;
  maxSockets?: number | undefined;
  authorization?: string | undefined;
}

const MAX_REDIRECTS = 5;

/**
 * A client as a vendor might publish it. Each request on the wire passes through `transport`. Interceptors and redirects are above it.
 */
export class AcmeClient {
  readonly baseUrl: string;
  readonly defaults: Record<string, string> = {};
  readonly interceptors: ((request: AcmeRequest) => void)[] = [];
  /** A mutant makes clients that inherit from this one, which private members do not allow. */
  protected readonly agent: Agent;

  constructor({ baseUrl, maxSockets = Infinity, authorization }: AcmeOptions) {
    this.baseUrl = baseUrl;
    if (authorization !== undefined) this.defaults['authorization'] = authorization;
    this.agent = new Agent({ keepAlive: true, maxSockets });
  }

  /** Makes one request on the wire. Rejects with an `AcmeError` for an answer of 400 or more, and for a request that it does not send. */
  transport(this: AcmeClient, { method, url, headers, body, signal }: AcmeRequest): Promise<AcmeResponse> {
    return new Promise((resolve, reject) => {
      if (!/^[A-Z]+$/.test(method)) return reject(new AcmeError(`wrong method ${method}`));
      const sending = httpRequest(
        url,
        { method, headers, agent: this.agent, ...(signal && { signal }) },
        (incoming) => {
          const response = new AcmeResponse(incoming.statusCode ?? 0, incoming.headers, incoming);
          if (response.status < 400) resolve(response);
          else reject(new AcmeError(`status ${response.status}`, response));
        },
      );
      sending.on('error', reject);
      if (typeof body === 'object' && 'pipe' in body) {
        body.on('error', (error: Error) => sending.destroy(error));
        body.pipe(sending);
      } else sending.end(body);
    });
  }

  async request(
    given: Omit<AcmeRequest, 'headers'> & { headers?: Record<string, string> | undefined },
  ): Promise<AcmeResponse> {
    const { method, url, body, signal } = given;
    const headers = { ...this.defaults, ...given.headers };
    let request: AcmeRequest = { method, url: new URL(url, this.baseUrl).href, headers, body, signal };
    for (const interceptor of this.interceptors) interceptor(request);
    for (let redirects = 0; ; redirects++) {
      const response = await this.transport(request);
      const { location } = response.headers;
      if (response.status < 300 || location === undefined) return response;
      response.body.destroy();
      if (redirects === MAX_REDIRECTS) throw new AcmeError('too many redirects');
      request = { ...request, method: 'GET', url: new URL(location, request.url).href, body: undefined };
    }
  }

  close(): void {
    this.agent.destroy();
  }
}
