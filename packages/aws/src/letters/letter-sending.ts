import { originOf, type Holdline, type LetterRequest, type LetterSender, type LetterToSend } from '@holdline/core';
import { AwsCall } from '../call/aws-call.js';
import { credentialOf } from '../call/credential.js';
import { urlOf } from '../call/operation.js';
import {
  ATTEMPT,
  SMITHY_CONTEXT_KEY,
  type AwsClient,
  type Handler,
  type HandlerContext,
  type Middleware,
  type MiddlewareStack,
  type SdkConfig,
  type SdkRequest,
  type SdkResponse,
} from '../types.js';

/**
 * Sends the dead letters of one client. A letter is the serialized request of an operation, without its signature. It passes the
 * middleware of the client from the choice of the credentials on, and gets a new signature.
 */
export class LetterSending implements LetterSender {
  /** Origins of the client's endpoint, from its calls. A client has one for each Region that its commands name. */
  readonly #origins = new Set<string>();
  #credential: string | undefined;
  #clientName: string | undefined;

  constructor(
    private readonly owner: AwsClient,
    private readonly stack: MiddlewareStack,
    private readonly config: SdkConfig,
    private readonly line: Holdline,
    private readonly govern: Middleware,
  ) {
    void this.#readEndpoint();
  }

  /** Remembers where a client sends and as whom. */
  note(request: SdkRequest, context: HandlerContext): void {
    this.#credential = credentialOf(context, request.hostname);
    this.#clientName = context.clientName;
    if (this.#origins.size < MAX_ORIGINS) this.#origins.add(originOf(urlOf(request)));
  }

  serves(url: string): boolean {
    return this.#origins.has(originOf(url));
  }

  request({ headers, url }: LetterToSend): LetterRequest {
    const { hostname } = new URL(url);
    return {
      headers: Object.entries(headers),
      ownOrigin: originOf(url),
      ownCredential: true,
      credential: this.#credential ?? `none@${hostname}`,
    };
  }

  send(letter: LetterToSend): Promise<unknown> {
    const request = toRequest(letter);
    const context = this.#buildContext();
    return this.line.run(
      new AwsCall({
        owner: this.owner,
        next: this.#buildHandler(context),
        context,
        args: { request },
        sending: undefined,
        signal: undefined,
        retriedBy: undefined,
        credential: this.request(letter).credential,
      }),
    );
  }

  /** A client with an endpoint of its own serves letters before its first call. */
  async #readEndpoint(): Promise<void> {
    const { endpoint } = this.config;
    if (typeof endpoint !== 'function') return;
    try {
      const { protocol, hostname, port } = (await (endpoint as () => unknown)()) as SdkRequest;
      this.#origins.add(originOf(urlOf({ protocol, hostname, port, path: '/', method: 'GET', headers: {} })));
    } catch {
      // The first call of the client reports what is wrong with its endpoint.
    }
  }

  #buildContext(): HandlerContext {
    const keep = (value: unknown): unknown => value;
    const context = {
      logger: undefined,
      clientName: this.#clientName,
      commandName: 'DeadLetterCommand',
      inputFilterSensitiveLog: keep,
      outputFilterSensitiveLog: keep,
      [SMITHY_CONTEXT_KEY]: { service: this.config.serviceId, operation: 'DeadLetter' },
    };
    return context as HandlerContext;
  }

  /** The middleware of the client, without those that need a command. */
  #buildHandler(context: HandlerContext): Handler {
    const stack = this.stack.clone();
    stack.remove(this.govern);
    stack.remove('serializerMiddleware');
    stack.remove('deserializerMiddleware');
    const pass: Middleware = (next) => next;
    // The choice of the credentials refers to this middleware, which every command adds.
    stack.add(pass, { name: 'endpointV2Middleware', step: 'serialize', override: true });
    stack.add(deserialize(this.config), { name: 'deserializerMiddleware', step: 'deserialize' });
    const { requestHandler } = this.config;
    return stack.resolve(async ({ request, [ATTEMPT]: attempt }) => {
      const options = { abortSignal: attempt?.signal };
      return { ...(await requestHandler.handle(request, options)), output: undefined };
    }, context);
  }
}

/** Largest number of origins that a client remembers. */
const MAX_ORIGINS = 64;

/** Makes the request of a letter in the form that the signer takes. */
function toRequest({ method, url, headers, body }: LetterToSend): SdkRequest {
  const { protocol, hostname, port, pathname, searchParams } = new URL(url);
  const query: Record<string, string | string[]> = {};
  for (const name of searchParams.keys()) {
    const values = searchParams.getAll(name);
    query[name] = values.length > 1 ? values : (values[0] ?? '');
  }
  return {
    method,
    protocol,
    hostname,
    ...(port !== '' && { port: Number(port) }),
    path: pathname,
    query,
    headers: { ...headers },
    body,
  };
}

/** Reads an answer without a command: what a replay needs is the status and the code of the error. */
function deserialize({ streamCollector }: SdkConfig): Middleware {
  return (next) => async (args) => {
    const { response: received } = await next(args);
    const response = received as SdkResponse;
    const { statusCode: httpStatusCode, headers, body } = response;
    if (body !== undefined) await streamCollector?.(body);
    const $metadata = { httpStatusCode };
    if (httpStatusCode < 300) return { response, output: { $metadata } };
    // `ThrottlingException:http://internal.amazon.com/coral/com.amazon.coral.service/`
    const name = headers['x-amzn-errortype']?.split(':')[0] ?? 'Error';
    const error = Object.assign(new Error(`the platform answered ${httpStatusCode}`), { name, $metadata });
    Object.defineProperty(error, '$response', { value: response });
    throw error;
  };
}
