// A Holdline adapter for a client that is itself a function, or frozen: there is no member to replace.
// Made for $theClient$: the comments `CHANGE 1` to `CHANGE 6` (in test/adapter.contract.ts) name all that differs between clients.
import {
  answered,
  BodySource,
  defineAdapter,
  failed,
  holdlineOf,
  isReplayable,
  letterBody,
  networkFailure,
  OpenStream,
  originOf,
  payloadOf,
  type Call,
  type Holdline,
  type HoldlineConfig,
  type Outcome,
} from '@holdline/core';

// CHANGE 1: the members of your client that the adapter uses, and no others. Never import the client itself: an adapter that knows only
// a shape fits every version and every copy of the client.

/** The options of one request. */
export interface OptionsLike {
  method?: string;
  headers?: Record<string, string>;
  body?: unknown;
  signal?: AbortSignal | undefined;
}

/** An answer whose body nobody has read. */
export interface ResponseLike {
  readonly status: number;
  readonly headers: { get(name: string): string | null };
  readonly body: ReadableStream | null;
  clone(): ResponseLike;
  text(): Promise<string>;
}

/** The client. */
export interface ClientLike {
  (url: string, options?: never): Promise<ResponseLike>;
  readonly defaults: { readonly baseUrl: string; readonly headers: Readonly<Record<string, string>> };
  extend(headers: Record<string, string>): ClientLike;
}

type Send = (url: string, options?: OptionsLike) => Promise<ResponseLike>;

/**
 * Guards a client: its requests are paced, retried where that is safe, and signed with the token of the line, if the line has one.
 *
 * @param client - The client, which stays as it is.
 * @param configOrLine - A configuration, or a line that several clients share.
 * @returns a guarded client of the same shape. After `release` of `@holdline/core`, the guarded client only calls `client`.
 */
export function $guard$<C extends ClientLike>(
  client: C,
  // The three forms of every adapter: a configuration, a line, or neither.
  configOrLine?: HoldlineConfig | Holdline,
): C {
  const native = client as unknown as Send;
  let send = native;
  const guarded = Object.defineProperties((...args: Parameters<Send>) => send(...args), {
    // CHANGE 2: all members of the client. A frozen object is copied by `Object.create(client, { … })` with its request function replaced.
    ...Object.getOwnPropertyDescriptors(client),
    // Clients that this client makes belong to the same line.
    extend: {
      value(headers: Record<string, string>) {
        const line = holdlineOf(guarded);
        return line ? $guard$(client.extend(headers), line) : client.extend(headers);
      },
    },
  }) as unknown as C;
  // A guarded client that is guarded again keeps its guard.
  if (holdlineOf(client)) return attachTo(client, () => () => undefined);
  return attachTo(guarded, (line) => {
    send = (url, options) => run(guarded, line, native, url, options);
    const stopReplays = replayLetters(guarded, line);
    return () => {
      stopReplays();
      send = native;
    };
  });

  function attachTo(target: C, attach: (line: Holdline) => () => void): C {
    const guard = defineAdapter<C>({
      name: '$guard$',
      attach: (_, line) => attach(line),
    });
    return guard(target, configOrLine);
  }
}

/** Runs one request through the line. */
async function run(
  client: ClientLike,
  line: Holdline,
  native: Send,
  target: string,
  options: OptionsLike = {},
): Promise<ResponseLike> {
  const { baseUrl } = client.defaults;
  const { method = 'GET', body } = options;
  // The line needs the absolute URL and all headers, as they are on the wire. A wrong URL is left to the client.
  if (!URL.canParse(target, baseUrl)) return native(target, options);
  const { href: url } = new URL(target, baseUrl);
  const headers = new Headers({ ...client.defaults.headers, ...options.headers });
  // A body that can be read only once. It may fail while the call waits.
  const source = BodySource.of(body);
  let last: ResponseLike | undefined;

  // CHANGE 3: how to drop an answer. An answer that nobody reads keeps its connection.
  const discard = (): void => {
    if (last?.body && !last.body.locked) last.body.cancel().catch(() => undefined);
  };

  async function send(call: Call): Promise<Outcome> {
    discard();
    // This signal also aborts when the line gives up the attempt.
    const signal = call.attemptSignal;
    try {
      last = await native(url, { ...options, headers: Object.fromEntries(headers), signal });
      // The caller reads the body after the call has ended. Until then, the limits of the call still hold.
      if (call.cancellation && last.body) call.cancellation.openAnswer = new OpenStream(last.body);
      const { status, headers: received } = last;
      // A client that follows redirects itself must return `answeredByRedirect(outcome)` for a write that was redirected.
      // CHANGE 4: a client that throws answers needs `answered(error, { threw: true, … })` in the `catch` below.
      return answered(last, { status, header: (name) => received.get(name) ?? undefined });
    } catch (error) {
      last = undefined;
      if (signal.aborted) return failed(error, 'cancelled');
      // A broken body of the caller says nothing about the platform.
      if (await source?.brokenBy()) return failed(error, 'local', source?.isUntouched);
      return failed(error, networkFailure(error));
    }
  }

  let result: unknown;
  try {
    result = await line.run({
      client: '$guard$',
      owner: client,
      method,
      url,
      headers: {
        get: (name) => headers.get(name) ?? undefined,
        set: (name, value) => headers.set(name, value),
      },
      replayable: isReplayable(body),
      source,
      payload: () => payloadOf(body),
      letter: () => ({ url, headers, body: letterBody(body) }),
      // Two calls with one idempotency key are one request. Each caller reads an answer of its own.
      copy: (value) => (value instanceof Object && 'clone' in value ? (value as ResponseLike).clone() : value),
      // The line keeps the short answer of a step of a transaction, and gives it again when the step is repeated.
      answerBody(value, maxBytes) {
        const answer = value as ResponseLike;
        return Number(answer.headers.get('content-length')) <= maxBytes ? answer.clone().text() : undefined;
      },
      restoreAnswer: ({ status, headers: kept, body: text }) =>
        new Response((text as string) || null, { status, headers: kept }),
      ownOrigin: originOf(baseUrl), // The token of the line goes to this origin only.
      signal: options.signal,
      discard,
      send,
    });
    return result as ResponseLike;
  } catch (error) {
    throw (result = error);
  } finally {
    // The caller may get an error of the line in place of the last answer. Then nobody reads that answer.
    if (result !== last && (result as { response?: unknown } | undefined)?.response !== last) discard();
  }
}

/** Sends calls that failed for good again, when the user replays them. */
function replayLetters(client: ClientLike, line: Holdline): () => void {
  // CHANGE 5: how the client adds its credential, and how it sends a request that is complete.
  const { baseUrl, headers: defaults } = client.defaults;
  return line.deadLetters.sendBy(
    '$guard$',
    {
      serves: (url) => originOf(url) === originOf(baseUrl),
      request: ({ headers }) => ({
        headers: Object.entries({ ...defaults, ...headers }),
        ownOrigin: originOf(baseUrl),
      }),
      async send({ method, url, headers, body }) {
        const response = await (client as unknown as Send)(url, { method, headers: { ...headers }, body });
        await response.body?.cancel();
      },
    },
    client,
  );
}
