// A Holdline adapter for a client whose requests all pass one function, here `transport`.
// Made for $theClient$: the comments `CHANGE 1` to `CHANGE 6` (in test/adapter.contract.ts) name all that differs between clients.
import type { Readable } from 'node:stream';
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
  patchMethod,
  payloadOf,
  type Call,
  type Holdline,
  type Outcome,
} from '@holdline/core';

// CHANGE 1: the members of your client that the adapter uses, and no others. Never import the client itself: an adapter that knows only
// a shape fits every version and every copy of the client.

/** A request, as the request function of the client takes it. */
export interface RequestLike {
  method: string;
  url: string;
  headers: Record<string, string>;
  body?: string | Uint8Array | Readable | undefined;
  signal?: AbortSignal | undefined;
}

/** An answer whose body nobody has read. */
export interface ResponseLike {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Readable;
}

/** The client. */
export interface ClientLike {
  readonly baseUrl: string;
  /** Headers of all requests, with the credential. */
  readonly defaults: Readonly<Record<string, string>>;
  transport(request: RequestLike): Promise<ResponseLike>;
}

type Transport = ClientLike['transport'];

/**
 * Guards a client: its requests are paced, retried where that is safe, and signed with the token of the line, if the line has one.
 *
 * @param client - The client. `release(client)` of `@holdline/core` restores it.
 * @param configOrLine - A configuration, or a line that several clients share.
 * @returns the same client.
 */
export const $guard$ = defineAdapter<ClientLike>({
  name: '$guard$',
  attach(client, line) {
    // CHANGE 2: the last function before the network. Retries and redirects of the client are above it and make several calls.
    const restore = patchMethod(client, 'transport', (native) => (request) => run(client, line, native, request));
    const stopReplays = replayLetters(client, line);
    return () => {
      stopReplays();
      restore();
    };
  },
});

/** Runs one request through the line. */
async function run(client: ClientLike, line: Holdline, native: Transport, request: RequestLike): Promise<ResponseLike> {
  // A copy: the line writes into it before each attempt, and the caller's own request stays as it is.
  const headers = new Headers(request.headers);
  // A body that can be read only once. It may fail while the call waits.
  const source = BodySource.of(request.body);
  let last: ResponseLike | undefined;

  // CHANGE 3: how to drop an answer. An answer that nobody reads keeps its connection.
  const discard = (): void => void last?.body.destroy();

  async function send(call: Call): Promise<Outcome> {
    discard();
    // This signal also aborts when the line gives up the attempt.
    const signal = call.attemptSignal;
    try {
      last = await native.call(client, { ...request, headers: Object.fromEntries(headers), signal });
      return outcomeOf(call, last, last);
    } catch (error) {
      // CHANGE 4: how the client throws an answer. A client that never throws answers needs no such line.
      last = (error as { response?: ResponseLike }).response;
      if (last) return outcomeOf(call, last, error);
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
      method: request.method,
      url: request.url,
      headers: {
        get: (name) => headers.get(name) ?? undefined,
        set: (name, value) => headers.set(name, value),
      },
      replayable: isReplayable(request.body),
      source,
      payload: () => payloadOf(request.body),
      letter: () => ({ url: request.url, headers, body: letterBody(request.body) }),
      ownOrigin: originOf(client.baseUrl), // The token of the line goes to this origin only.
      signal: request.signal,
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

/** Describes an answer. `value` is what the caller gets: the answer, or the error that the client made of it. */
function outcomeOf(call: Call, answer: ResponseLike, value: unknown): Outcome {
  const { status, headers, body } = answer;
  // The caller reads the body after the call has ended. Until then, the limits of the call still hold.
  if (call.cancellation) call.cancellation.openAnswer = new OpenStream(body);
  return answered(value, {
    status,
    threw: value !== answer,
    header: (name) => headers[name.toLowerCase()]?.toString(),
  });
}

/** Sends calls that failed for good again, when the user replays them. */
function replayLetters(client: ClientLike, line: Holdline): () => void {
  // CHANGE 5: how the client adds its credential, and how it sends a request that is complete.
  const withDefaults = (headers: Readonly<Record<string, string>>): Record<string, string> => ({
    ...client.defaults,
    ...headers,
  });
  return line.deadLetters.sendBy(
    '$guard$',
    {
      serves: (url) => originOf(url) === originOf(client.baseUrl),
      request: ({ headers }) => ({
        headers: Object.entries(withDefaults(headers)),
        ownOrigin: originOf(client.baseUrl),
      }),
      async send({ method, url, headers, body }) {
        const response = await client.transport({ method, url, headers: withDefaults(headers), body });
        response.body.destroy();
      },
    },
    client,
  );
}
