import { answerIn, copyHeaders, copyParsed } from '@holdline/axios';
import {
  BodySource,
  definePrintedForm,
  isReplayable,
  letterBody,
  payloadOf,
  readSafely,
  type Call,
  type CallRequest,
  type Holdline,
  type KeptAnswer,
  type LetterParts,
  type Outcome,
  type RequestChange,
} from '@holdline/core';
import { basicCredential, findOwnOrigin, hasOwnCredential, nameCredential } from './credential.js';
import { addQuery, encodeForm } from './form.js';
import { RequestHeaders } from './headers.js';
import { sendAttempt } from './send-attempt.js';
import type { RequestClientLike, TwilioLike, TwilioRequestOptions, TwilioResponse } from './types.js';

/** Name of the adapter for dead letters. */
export const CLIENT_NAME = 'twilio';

/** The request behind one call. */
export class TwilioRequest implements CallRequest {
  readonly client = CLIENT_NAME;
  readonly method: string;
  readonly url: string;
  readonly headers: RequestHeaders;
  readonly source: BodySource | undefined;
  readonly replayable: boolean;
  readonly credential: string | undefined;
  readonly ownOrigin: string | undefined;
  readonly ownCredential: boolean | undefined;
  readonly #native: RequestClientLike;
  readonly #options: TwilioRequestOptions;
  readonly #line: Holdline;

  constructor(
    readonly owner: TwilioLike,
    native: RequestClientLike,
    options: TwilioRequestOptions,
    line: Holdline,
  ) {
    this.#native = native;
    this.#options = options;
    this.#line = line;
    this.method = options.method.toUpperCase();
    this.url = addQuery(options.uri, options.params);
    this.headers = new RequestHeaders(options.headers, () => basicCredential(options));
    this.source = BodySource.of(options.data);
    this.replayable = !this.source;
    this.credential = nameCredential(owner, options);
    // Only the token policy reads these two fields.
    const { managesToken } = line;
    this.ownOrigin = managesToken ? findOwnOrigin(owner, options.uri) : undefined;
    this.ownCredential = managesToken ? hasOwnCredential(owner, options) : undefined;
  }

  send(call: Call): Promise<Outcome> {
    const { headers } = this;
    const options = { ...this.#options, headers: headers.copy() };
    // The SDK overwrites the header if it has a credential of its own.
    if (headers.isSigned) Object.assign(options, { username: undefined, password: undefined, authStrategy: undefined });
    return sendAttempt(call, { native: this.#native, options, source: this.source });
  }

  get form(): string {
    return this.#options.allowRedirects ? 'with redirects' : '';
  }

  payload(): string | Uint8Array | undefined {
    const { data } = this.#options;
    if (data === undefined || data === null || !isReplayable(data)) return undefined;
    const bytes = payloadOf(data);
    if (bytes !== undefined) return bytes;
    return this.headers.get('content-type')?.includes('json') ? JSON.stringify(data) : encodeForm(data);
  }

  letter(): LetterParts {
    const { data } = this.#options;
    const readBody = (): LetterParts['body'] => letterBody(isReplayable(data) ? this.payload() : data);
    return {
      url: this.url,
      headers: this.headers.entries(),
      get body() {
        return readBody();
      },
    };
  }

  /** The answer without the configuration of the request, which holds credentials. */
  answer(value: unknown): unknown {
    return typeof readSafely(value, 'statusCode') === 'number' ? value : answerIn(value);
  }

  answerBody(value: unknown): unknown {
    const body = readSafely(readSafely(value, 'response') ?? value, 'body') ?? '';
    return isReplayable(body) ? body : undefined;
  }

  restoreAnswer({ status, headers, body }: KeptAnswer): TwilioResponse {
    return { statusCode: status, body: copyParsed(body), headers: { ...headers } };
  }

  variant({ url, headers = {} }: RequestChange): CallRequest {
    const options = { ...this.#options, ...(url !== undefined && { uri: url, params: undefined }) };
    const variant = new TwilioRequest(this.owner, this.#native, options, this.#line);
    for (const [name, value] of Object.entries(headers)) variant.headers.set(name, value);
    return variant;
  }

  copy(value: unknown): unknown {
    if (value instanceof Error || typeof value !== 'object' || value === null) return value;
    const { body, headers } = value as TwilioResponse;
    return { ...value, body: copyParsed(body), headers: copyHeaders(headers) };
  }
}

definePrintedForm(TwilioRequest, ({ method, url }) => ({ method, url: url.split('?', 1)[0] }));
