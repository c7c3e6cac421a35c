import {
  BodySource,
  definePrintedForm,
  isReplayable,
  letterBody,
  OpenStream,
  originOf,
  payloadOf,
  readSafely,
  recordHeaders,
  type Call,
  type CallRequest,
  type HeaderAccess,
  type LetterParts,
  type Outcome,
} from '@holdline/core';
import type { Sending } from '../attach/sending.js';
import {
  ATTEMPT,
  type Attempt,
  type Handler,
  type HandlerArgs,
  type HandlerContext,
  type HandlerResult,
  type SdkConfig,
  type SdkRequest,
} from '../types.js';
import { operationOf, isRepeatable, routeUrlOf, urlOf } from './operation.js';
import { credentialOf } from './credential.js';
import { isSkewError, outcomeOfError, outcomeOfResult } from './outcome.js';

/** The name of the adapter in dead letters. */
export const ADAPTER = 'aws';

/** What a call of a client consists of. */
export interface AwsCallParts {
  readonly owner: object;
  /** The middleware below the guard: signer, deserializer, network. */
  readonly next: Handler;
  readonly context: HandlerContext;
  readonly args: HandlerArgs;
  /** The `send` of the user, if the call came from one. */
  readonly sending: Sending | undefined;
  /** The signal of the user. */
  readonly signal: AbortSignal | undefined;
  readonly retriedBy: string | undefined;
  /** Name of the credential, for a call whose credential is not chosen yet. */
  readonly credential?: string | undefined;
}

/** The request behind one call. It is not signed yet: the SDK signs a copy for each attempt. */
export class AwsCall implements CallRequest {
  readonly client = ADAPTER;
  readonly ownCredential = true;
  readonly method: string;
  readonly url: string;
  readonly headers: HeaderAccess;
  readonly source: BodySource | undefined;
  readonly replayable: boolean;
  readonly repeatable: boolean;
  readonly credential: string;
  readonly owner: object;
  readonly signal: AbortSignal | undefined;
  readonly retriedBy: string | undefined;
  readonly #parts: AwsCallParts;
  readonly #request: SdkRequest;
  #attempts = 0;
  #wasSkewed = false;
  #last: HandlerResult | undefined;

  constructor(parts: AwsCallParts) {
    const { args, context, owner, signal, retriedBy } = parts;
    const request = args.request as SdkRequest;
    const operation = operationOf(context);
    this.#parts = parts;
    this.#request = request;
    this.owner = owner;
    this.signal = signal;
    this.retriedBy = retriedBy;
    this.method = request.method;
    this.url = routeUrlOf(request, operation);
    this.headers = recordHeaders(request.headers);
    this.source = BodySource.of(request.body);
    this.replayable = isReplayable(request.body);
    this.repeatable = isRepeatable(operation, request, request.body);
    this.credential = parts.credential ?? credentialOf(context, request.hostname);
  }

  get ownOrigin(): string {
    return originOf(this.url);
  }

  payload(): string | Uint8Array | undefined {
    return payloadOf(this.#request.body);
  }

  letter(): LetterParts {
    const { headers, body } = this.#request;
    return { url: urlOf(this.#request), headers: Object.entries(headers), body: letterBody(body) };
  }

  /** The response in an error of the SDK. It has no credentials. */
  answer(value: unknown): unknown {
    return readSafely(value, '$response') ?? value;
  }

  /** The text of an error, which tells the line about conflicts. Results have dates and bytes, so the line keeps none of them. */
  answerBody(value: unknown): unknown {
    return value instanceof Error ? value.message : undefined;
  }

  /** The native result for the middleware above, whose output the line returned. */
  resultOf(output: unknown): HandlerResult {
    return { response: this.#last?.response, output };
  }

  /** What the SDK adds to the clock when it signs, ms. All calls of the client share it. */
  get #clockOffset(): unknown {
    return (this.owner as { config?: SdkConfig }).config?.systemClockOffset;
  }

  async send(call: Call): Promise<Outcome> {
    const { next, args, sending, context, retriedBy } = this.#parts;
    this.#attempts++;
    // The SDK wrote the number of its own attempt. It makes one, so the number of the line is the true one.
    if (retriedBy === undefined) this.headers.set('amz-sdk-request', `attempt=${this.#attempts}`);
    const signal = call.attemptSignal;
    if (sending) {
      sending.options.abortSignal = signal;
      if (this.#attempts === 1) sending.waitedBeforeMs = call.info.waitedMs;
    }
    const attempt: Attempt = { signal, isSent: false, response: undefined };
    const offset = this.#clockOffset;
    try {
      this.#last = await next({ ...args, [ATTEMPT]: attempt });
    } catch (error) {
      const { clientName } = context;
      const isAborted = signal.aborted === true;
      const isClockCorrected = this.#clockOffset !== offset;
      const wasSkewed = this.#wasSkewed;
      const facts = { attempt, clientName, source: this.source, isAborted, wasSkewed, isClockCorrected };
      const outcome = await outcomeOfError(error, facts);
      this.#wasSkewed ||= isSkewError(error, isClockCorrected);
      return outcome;
    }
    if (call.cancellation) {
      const stream = findStream(this.#last.output);
      if (stream) call.cancellation.openAnswer = new OpenStream(stream);
    }
    return outcomeOfResult(this.#last);
  }
}

// Logs must not show the credential or the body.
definePrintedForm(AwsCall, ({ method, replayable }) => ({ method, replayable }));

/** The stream that the caller reads after the call, such as the body of an object. */
function findStream(output: unknown): object | undefined {
  if (typeof output !== 'object' || output === null) return undefined;
  return Object.values(output).find((value) => !isReplayable(value)) as object | undefined;
}
