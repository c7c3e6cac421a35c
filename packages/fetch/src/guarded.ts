import {
  checkContext,
  failed,
  isReplayable,
  letterBody,
  originOf,
  payloadOf,
  showsAs,
  systemClock,
  type Call,
  type CallContext,
  type CallRequest,
  type Clock,
  type HeaderAccess,
  type Holdline,
  type LetterBody,
  type LetterParts,
  type LetterSender,
  type LetterToSend,
  type Outcome,
  type ReadRefusal,
  type Undo,
} from '@holdline/core';
import { InitHeaders, isNamed, isRequest, RequestHeaders, snapshotOf, urlOf } from './native.js';
import type { FetchFunction, NativeFetch, NativeInit, NativeRequest, NativeResponse } from './native.js';
import { letGo, outcomeOfError, outcomeOfResponse } from './outcome.js';
import { follow, keepsToken, leadsOn } from './redirect.js';

/** What an adapter that builds on this one may say about its requests. */
export interface FetchOptions {
  /**
   * Requests that are guarded at all, by their absolute URL. All others go to the native function untouched.
   * @defaultValue all
   */
  governs?: (url: string) => boolean;
  /**
   * Requests that go straight to the native function, for example those for tokens.
   * @defaultValue none
   */
  bypass?: (url: string) => boolean;
  /**
   * Looks for the vendor's words in the text of a 429.
   * @defaultValue none; then no body is looked at
   */
  readRefusal?: ReadRefusal;
  /**
   * Bounds the time for which that text is waited for.
   * @defaultValue the system's
   */
  clock?: Clock | undefined;
  /**
   * Origin of the API that a request to `url` belongs to.
   * @defaultValue the page's, in browsers
   */
  ownOrigin?: (url: string) => string | undefined;
  /**
   * Whether an Authorization header is a credential of its own, which the line's token must not replace.
   * @defaultValue never
   */
  ownCredential?: (authorization: string | undefined) => boolean;
  /**
   * Whose an Authorization header is, where that can be told: a name of the credential that outlives its token, and the tenant.
   * @defaultValue none: the header itself is the credential
   */
  identify?: (authorization: string | undefined) => Pick<CallRequest, 'credential' | 'tenant'> | undefined;
  /**
   * What `withCall` would say, for one request, already checked. What the request itself says in `holdline` goes over it.
   * @defaultValue none
   */
  context?: (request: Pick<CallRequest, 'method' | 'url' | 'headers'>) => CallContext | undefined;
  /**
   * The guarded client, by which dead letters are known to be its own.
   * @defaultValue the guarded function
   */
  owner?: object;
  /**
   * Name under which dead letters are kept, and sent again.
   * @defaultValue 'fetch'
   */
  name?: string;
  /**
   * The Authorization header with which a dead letter to `url` is sent where the line has no token.
   * @defaultValue none
   */
  authorization?: (url: string) => string | undefined;
}

// What a guarded function governs. By a symbol, so that other copies of this package know it too.
export const GOVERNS = Symbol.for('@holdline/fetch/governs');

/** Whether a function governs a URL already; without one, whether it governs all. */
export function isGoverned(fetch: FetchFunction, url?: string): boolean {
  const governs = (fetch as { [GOVERNS]?: true | ((url: string) => boolean) })[GOVERNS];
  return typeof governs === 'function' ? url !== undefined && governs(url) : governs === true;
}

/**
 * A fetch function whose requests go through a line. What `native` governs already stays as it is.
 *
 * For adapters of SDKs that use fetch; users call `guardFetch`.
 *
 * @returns a function with the type and the properties of `native`.
 */
export function guardedFetch<F extends FetchFunction>(native: F, line: Holdline, given: FetchOptions = {}): F {
  const options = { ...given };
  const { governs, bypass } = options;
  const client: Client = { native: native as unknown as NativeFetch, line, options, keepsToken: keepsToken(native) };
  const isOurs = (url: string): boolean =>
    originOf(url) !== '' && (!governs || governs(url)) && !bypass?.(url) && !isGoverned(native, url);

  const guarded = (...args: [never, never?]): Promise<unknown> => {
    let url: string;
    try {
      url = urlOf(args[0]);
    } catch {
      return native(...args);
    }
    // Options that are none are the native function's to refuse.
    return isOurs(url) && isOptions(args[1]) ? run(client, url, ...args) : native(...args);
  };
  options.owner ??= guarded;
  Object.defineProperties(guarded, Object.getOwnPropertyDescriptors(native));
  const governed = governs ? (url: string): boolean => governs(url) || isGoverned(native, url) : true;
  return Object.defineProperty(guarded, GOVERNS, { value: governed, configurable: true }) as unknown as F;
}

/** Sends the dead letters of the requests that a guarded function governs. Returns what ends it. */
export function sendLetters(native: FetchFunction, line: Holdline, options: FetchOptions = {}): Undo {
  const { governs, name = 'fetch', authorization } = options;
  const client: Client = { native: native as unknown as NativeFetch, line, options, keepsToken: keepsToken(native) };
  const headersOf = ({ url, headers }: LetterToSend): Record<string, string> => {
    const own = Object.keys(headers).some((name) => isNamed(name, 'authorization')) ? undefined : authorization?.(url);
    return { ...(own !== undefined && { authorization: own }), ...headers };
  };
  const sender: LetterSender = {
    serves: (url) => !governs || governs(url),
    request(letter) {
      const call = new FetchCall(client, letter.url, letter.url, { method: letter.method, headers: headersOf(letter) });
      const { ownOrigin, ownCredential, credential } = call;
      return { headers: Object.entries(headersOf(letter)), ownOrigin, ownCredential, credential };
    },
    async send(letter) {
      const { method, url, body } = letter;
      letGo((await run(client, url, url, { method, headers: headersOf(letter), body })) as NativeResponse | undefined);
    },
  };
  return line.deadLetters.sendBy(name, sender, options.owner);
}

async function run(client: Client, url: string, input: unknown, init?: NativeInit): Promise<unknown> {
  const call = new FetchCall(client, url, input, init ?? undefined);
  let ended: unknown;
  try {
    return (ended = await client.line.run(call));
  } finally {
    call.end(ended);
  }
}

/** What all calls of a guarded function have in common. */
interface Client {
  native: NativeFetch;
  line: Holdline;
  options: FetchOptions;
  keepsToken: boolean;
}

/** One call, as the line sees it. */
class FetchCall implements CallRequest {
  readonly method: string;
  readonly headers: HeaderAccess;
  replayable: boolean;
  readonly signal: AbortSignal | undefined;
  readonly context: CallContext | undefined;
  readonly ownOrigin: string | undefined;
  readonly ownCredential: boolean | undefined;
  readonly credential: string | undefined;
  readonly tenant: string | undefined;
  /** The caller's `Request` with his options over it, as fetch itself makes one first; it takes the body out of his. */
  readonly #request: NativeRequest | undefined;
  readonly #target: string;
  readonly #init: NativeInit;
  #last: NativeResponse | undefined = undefined;
  #isSent = false;

  constructor(
    private readonly guarded: Client,
    readonly url: string,
    input: unknown,
    init: NativeInit = {},
  ) {
    const { line, options } = guarded;
    const { holdline, ...rest } = snapshotOf(init);
    // Before the body is taken out of the caller's request.
    const own = holdline === undefined ? undefined : checkContext(holdline, 'init.holdline');
    this.#init = rest;
    this.#target = isRequest(input) ? url : `${input as string}`;
    if (isRequest(input)) {
      const request = new (input.constructor as new (input: unknown, init: unknown) => NativeRequest)(input, rest);
      this.#request = request;
      this.method = request.method;
      this.headers = new RequestHeaders(request);
      this.signal = request.signal;
      // In the request by now; what is no part of it, such as undici's dispatcher, goes along with each attempt.
      for (const key of ['method', 'headers', 'body', 'signal', 'duplex'] as const) delete rest[key];
    } else {
      this.method = rest.method === undefined ? 'GET' : `${rest.method as string}`;
      this.headers = new InitHeaders(rest);
      this.signal = rest.signal ?? undefined;
    }
    // A `Request` is cloned; not that of node-fetch, where one of two waits until the other is read.
    this.replayable =
      isReplayable(init.body) && typeof (this.#request?.body as { pipe?: unknown } | null)?.pipe !== 'function';
    const told = options.context?.(this);
    this.context = told && own ? { ...told, ...own } : (told ?? own);
    const { credential, tenant } = options.identify?.(this.headers.get('authorization')) ?? {};
    this.credential = credential;
    this.tenant = tenant;
    // Asked for by nobody but the token.
    if (line.managesToken) {
      const { location } = globalThis as { location?: Location };
      this.ownOrigin = options.ownOrigin ? options.ownOrigin(url) : location?.origin;
      this.ownCredential = options.ownCredential?.(this.headers.get('authorization'));
    }
  }

  get client(): string {
    return this.guarded.options.name ?? 'fetch';
  }

  get owner(): object | undefined {
    return this.guarded.options.owner;
  }

  letter(): LetterParts {
    const { url } = this;
    const request = this.#request;
    if (request) return { url, headers: [...request.headers], body: requestBody(request) };
    const { body } = this.#init;
    const headers = (this.#init.headers ?? []) as [string, string][];
    // What fetch itself would say of them, which it does not of bytes.
    const type = body instanceof URLSearchParams ? FORM_TYPE : ((body as Partial<Blob> | null | undefined)?.type ?? '');
    const says = headers.some(([name]) => name.toLowerCase() === 'content-type');
    return {
      url,
      headers: says || type === '' ? headers : [...headers, ['content-type', type]],
      body: letterBody(body),
    };
  }

  payload(): string | Uint8Array | undefined {
    return payloadOf(this.#init.body);
  }

  copy(value: unknown): unknown {
    return isResponse(value) ? value.clone() : value;
  }

  async send(call: Call): Promise<Outcome> {
    letGo(this.#last);
    const { guarded, url } = this;
    const signal = attemptSignal(call, this.signal);
    try {
      const response = await this.#attempt(call, signal);
      this.#last = response;
      const { readRefusal, clock = systemClock } = guarded.options;
      return await outcomeOfResponse(response, readRefusal, clock);
    } catch (error) {
      if ((signal ?? this.signal)?.aborted) return failed(error, 'cancelled');
      return outcomeOfError(error, this.#request ?? url, this.#init);
    }
  }

  async #attempt(call: Call, signal: AbortSignal | undefined): Promise<NativeResponse> {
    const { native, keepsToken } = this.guarded;
    const request = this.#request;
    const { redirect = 'follow' } = request ?? this.#init;
    // Signed by the line.
    const byHand = call.epoch !== undefined && !keepsToken && redirect === 'follow';
    const init = { ...this.#init, ...(signal && { signal }), ...(byHand && { redirect: 'manual' }) };
    this.#isSent = true;
    if (!request) {
      const response = await native(this.#target, init);
      return byHand && leadsOn(response) ? follow(native, response, this.url, init) : response;
    }
    const sent = this.#copyToSend(call, request);
    const { referrer, referrerPolicy } = request;
    // Any options over a request make it forget its referrer.
    const response = await native(
      sent,
      Object.keys(init).length > 0 ? { referrer, referrerPolicy, ...init } : undefined,
    );
    if (!byHand || !leadsOn(response)) return response;
    const body = sent === request ? request.body : await request.clone().blob();
    return follow(native, response, this.url, { ...snapshotOf(request), ...init, body });
  }

  /** A body is there only once, and is kept where it may be wanted again. */
  #copyToSend(call: Call, request: NativeRequest): NativeRequest {
    const { retry } = call.route.policies;
    const isBare = request.body === null || this.method === 'GET' || this.method === 'HEAD';
    this.replayable &&= isBare || retry !== false || this.guarded.line.managesToken;
    return isBare || !this.replayable ? request : request.clone();
  }

  /** Told what the caller got. */
  end(ended: unknown): void {
    if (this.#last !== ended) letGo(this.#last);
    if (this.#request) letGo(this.#request);
    else if (!this.#isSent) letGo(this.#init);
  }
}

// It has the credentials and the body.
showsAs(FetchCall, ({ method, replayable }) => ({ method, replayable }));

const FORM_TYPE = 'application/x-www-form-urlencoded;charset=UTF-8';

/** The bytes of a request that may still be read. */
function requestBody(request: NativeRequest): LetterBody | Promise<LetterBody> {
  if (request.body === null) return undefined;
  if (request.bodyUsed) return null;
  const bytes = request.clone().arrayBuffer();
  return bytes.then((read) => {
    const body = new Uint8Array(read);
    // Firefox does not tell whether there is one.
    return body.length > 0 ? body : undefined;
  });
}

/** The signal an attempt needs besides the caller's own; undefined where it needs none. */
function attemptSignal(call: Call, own: AbortSignal | undefined): AbortSignal | undefined {
  if (!call.cancellation || (call.deadlineAt === Infinity && !call.context?.signal)) return undefined;
  const { signal } = call.cancellation;
  // The call ends with the head of the answer; the caller may still abort the body that follows.
  return own ? AbortSignal.any([signal, own]) : signal;
}

function isResponse(value: unknown): value is NativeResponse {
  return typeof value === 'object' && value !== null && 'status' in value && 'clone' in value;
}

/** Whether fetch takes it for options. */
function isOptions(init: unknown): boolean {
  return init === undefined || init === null || typeof init === 'object' || typeof init === 'function';
}
