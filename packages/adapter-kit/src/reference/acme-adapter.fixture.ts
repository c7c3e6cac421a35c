import { Readable } from 'node:stream';
import {
  answered,
  BodySource,
  defineAdapter,
  failed,
  isReplayable,
  letterBody,
  networkFailure,
  OpenStream,
  originOf,
  payloadOf,
  type Call,
  type CallRequest,
  type GuardFunction,
  type HeaderAccess,
  type Holdline,
  type KeptAnswer,
  type LetterParts,
  type Outcome,
  type RequestChange,
} from '@holdline/core';
import { AcmeError, AcmeResponse, type AcmeClient, type AcmeRequest } from './acme-client.fixture.js';

type Transport = (request: AcmeRequest) => Promise<AcmeResponse>;

/** The request behind one call. A mutant overrides one method. */
export class AcmeCall implements CallRequest {
  readonly client: string = 'guardAcme';
  protected readonly sentHeaders: Headers;
  protected unread: AcmeResponse | undefined;
  protected wasTaken = false;

  constructor(
    readonly owner: AcmeClient,
    protected readonly transport: Transport,
    protected readonly request: AcmeRequest,
    protected readonly line: Holdline,
  ) {
    this.sentHeaders = new Headers(request.headers);
    this.source = this.findSource();
  }

  readonly source: BodySource | undefined;

  get method(): string {
    return this.request.method;
  }

  get url(): string {
    return this.request.url;
  }

  get headers(): HeaderAccess {
    return {
      get: (name) => this.sentHeaders.get(name) ?? undefined,
      set: (name, value) => this.sentHeaders.set(name, value),
    };
  }

  get replayable(): boolean {
    return isReplayable(this.request.body);
  }

  get signal(): AbortSignal | undefined {
    return this.request.signal;
  }

  get ownOrigin(): string | undefined {
    return originOf(this.owner.baseUrl);
  }

  payload(): string | Uint8Array | undefined {
    return payloadOf(this.request.body);
  }

  letter(): LetterParts {
    return { url: this.url, headers: [...this.sentHeaders], body: letterBody(this.request.body) };
  }

  copy(value: unknown): unknown {
    if (value instanceof AcmeResponse) return value.clone();
    return value instanceof AcmeError ? new AcmeError(value.message, value.response?.clone()) : value;
  }

  answerBody(value: unknown, maxBytes: number): Promise<string> | undefined {
    const response = value instanceof AcmeError ? value.response : (value as AcmeResponse);
    const isShort = Number(response?.headers['content-length']) <= maxBytes;
    return isShort ? response?.clone().text() : undefined;
  }

  restoreAnswer({ status, headers, body }: KeptAnswer): AcmeResponse {
    return new AcmeResponse(status, headers, Readable.from([Buffer.from(body as string)]));
  }

  variant({ url = this.url, headers = {} }: RequestChange): CallRequest {
    const { signal, ...request } = this.request;
    void signal;
    // A read of a mutant has the mistakes of the mutant.
    const Call = this.constructor as typeof AcmeCall;
    const variant = new Call(this.owner, this.transport, { ...request, url }, this.line);
    for (const [name, value] of Object.entries(headers)) variant.headers.set(name, value);
    return variant;
  }

  discard(): void {
    this.unread?.body.destroy();
  }

  async send(call: Call): Promise<Outcome> {
    this.discard();
    const signal = this.signalOf(call);
    try {
      const response = await this.transport({ ...this.request, headers: Object.fromEntries(this.sentHeaders), signal });
      return this.outcomeOfResponse(call, response);
    } catch (error) {
      return this.outcomeOfError(error, signal);
    }
  }

  /** Releases the last answer, unless the caller gets it. */
  release(result: unknown): void {
    if (result !== this.unread && (result as AcmeError | undefined)?.response !== this.unread) this.discard();
  }

  protected findSource(): BodySource | undefined {
    return BodySource.of(this.request.body);
  }

  protected signalOf(call: Call): AbortSignal | undefined {
    return call.attemptSignal;
  }

  protected readHeader(response: AcmeResponse, name: string): string | undefined {
    const value = response.headers[name.toLowerCase()];
    return Array.isArray(value) ? value.join(', ') : value;
  }

  protected outcomeOfResponse(call: Call, response: AcmeResponse): Outcome | Promise<Outcome> {
    this.unread = response;
    if (call.cancellation) call.cancellation.openAnswer = new OpenStream(response.body);
    return answered(response, { status: response.status, header: (name) => this.readHeader(response, name) });
  }

  protected async outcomeOfError(error: unknown, signal: AbortSignal | undefined): Promise<Outcome> {
    if (error instanceof AcmeError) {
      const { response } = error;
      if (!response) return failed(error, 'local', true);
      this.unread = response;
      return answered(error, {
        status: response.status,
        threw: true,
        header: (name) => this.readHeader(response, name),
      });
    }
    if (signal?.aborted) return failed(error, 'cancelled');
    const broken = await this.source?.brokenBy();
    return broken ? failed(error, 'local', this.source?.isUntouched) : failed(error, networkFailure(error));
  }
}

/** What a mutant may replace. */
export interface AcmeAdapterParts {
  Call?: new (...args: ConstructorParameters<typeof AcmeCall>) => AcmeCall;
  /** Runs a call through the line. */
  run?(line: Holdline, call: AcmeCall, transport: Transport, request: AcmeRequest): Promise<unknown>;
  /** Puts the guarded transport into the client, and returns a function that restores it. */
  attach?(client: AcmeClient, guarded: AcmeClient['transport'], line: Holdline): () => void;
  /** Registers the sender of dead letters. */
  sendLetters?(client: AcmeClient, line: Holdline): () => void;
}

async function run(line: Holdline, call: AcmeCall): Promise<unknown> {
  let result: unknown;
  try {
    return (result = await line.run(call));
  } catch (error) {
    throw (result = error);
  } finally {
    call.release(result);
  }
}

function attach(client: AcmeClient, guarded: AcmeClient['transport']): () => void {
  client.transport = guarded;
  return () => Reflect.deleteProperty(client, 'transport');
}

function sendLetters(client: AcmeClient, line: Holdline): () => void {
  const buildHeaders = (headers: Readonly<Record<string, string>>): Record<string, string> => ({
    ...client.defaults,
    ...headers,
  });
  return line.deadLetters.sendBy(
    'guardAcme',
    {
      serves: (url) => originOf(url) === originOf(client.baseUrl),
      request: ({ headers }) => ({
        headers: Object.entries(buildHeaders(headers)),
        ownOrigin: originOf(client.baseUrl),
      }),
      async send({ method, url, headers, body }) {
        const response = await client.transport({ method, url, headers: buildHeaders(headers), body });
        response.body.destroy();
      },
    },
    client,
  );
}

/** Makes the adapter, with the parts of a mutant. */
export function makeGuardAcme(parts: AcmeAdapterParts = {}): GuardFunction<AcmeClient> {
  const {
    Call: AttemptedCall = AcmeCall,
    run: runCall = run,
    attach: put = attach,
    sendLetters: send = sendLetters,
  } = parts;
  return defineAdapter<AcmeClient>({
    name: 'guardAcme',
    attach(client, line) {
      const native = client.transport.bind(client);
      const restore = put(
        client,
        (request) =>
          runCall(line, new AttemptedCall(client, native, request, line), native, request) as Promise<AcmeResponse>,
        line,
      );
      const stop = send(client, line);
      return () => {
        stop();
        restore();
      };
    },
  });
}

/** The adapter that fulfils the contract. */
export const guardAcme = makeGuardAcme();
