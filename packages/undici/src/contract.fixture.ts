import type { AdapterUnderTest, Connection, ConnectOptions, ContractRequest } from '@holdline/adapter-kit';
import { guardUndici } from './guard.js';
import type { DispatcherLike } from './types.js';

/** A dispatcher of some version, as far as the contract uses it. */
export interface TestedDispatcher extends DispatcherLike {
  destroy(): Promise<void>;
}

interface TestedBody {
  text(): Promise<string>;
  on(event: 'error', listener: () => void): unknown;
}

/** What the contract needs of one version of undici. */
export interface TestedUndici {
  request(url: string, options: object): Promise<{ statusCode: number; body: TestedBody }>;
}

const MADE_BY_UNDICI = 'undici makes its result itself; callInfo() takes the `context` of the result';
const NO_CREDENTIAL = 'a dispatcher keeps no credential; the caller gives it with each request';
const NO_REDIRECTS = 'request() follows no redirects';

/** Builds the headers of a call. The caller gives its credential with each request. */
function headersOf({ headers, method }: ContractRequest, { authorization }: ConnectOptions): Record<string, string> {
  return {
    ...(authorization !== undefined && { authorization }),
    ...(method === 'POST' && { 'content-type': 'application/json' }),
    ...headers,
  };
}

/** `request()` of undici with a dispatcher. */
export function testedRequest<D extends TestedDispatcher>(
  name: string,
  undici: TestedUndici,
  connect: (url: string, options: { connections: number | null }) => D,
  lacks: AdapterUnderTest['lacks'] = { ownOrigin: 'an Agent has no origin of its own' },
): AdapterUnderTest<D> {
  return {
    name,
    guard: guardUndici,
    lacks: { callInfo: MADE_BY_UNDICI, redirects: NO_REDIRECTS, clientCredential: NO_CREDENTIAL, ...lacks },
    connect({ url }, options): Connection<D> {
      const client = connect(url, { connections: options.maxSockets ?? null });
      const listeners: (() => void)[] = [];
      return {
        client,
        async call(dispatcher, request) {
          for (const listener of listeners) listener();
          const { method, baseUrl, path, body, signal } = request;
          const result = await undici.request(baseUrl + path, {
            dispatcher,
            method,
            headers: headersOf(request, options),
            body,
            signal,
          });
          // The cases read later. In undici 6, a body that breaks before that is an uncaught error, with or without a guard.
          result.body.on('error', () => undefined);
          return result;
        },
        async read(result) {
          const { statusCode, body } = result as Awaited<ReturnType<TestedUndici['request']>>;
          return { status: statusCode, text: await body.text() };
        },
        onRequest: (listener) => void listeners.push(listener),
        refuse: (dispatcher) => undici.request(url, { dispatcher, method: 'not a method' }),
        close: () => client.destroy(),
      };
    },
  };
}

/** A fetch function with a dispatcher. */
export function testedFetch<D extends TestedDispatcher>(
  name: string,
  fetch: (url: string, init: never) => Promise<unknown>,
  connect: (url: string, options: { connections: number | null }) => D,
): AdapterUnderTest<D> {
  return {
    name,
    guard: guardUndici,
    lacks: {
      ownOrigin: 'an Agent has no origin of its own',
      clientCredential: NO_CREDENTIAL,
      callInfo: 'fetch makes its response itself',
      streamBody: 'fetch hands a generator to its dispatcher, which tells nothing about a stream before it is read',
    },
    connect({ url }, options): Connection<D> {
      const client = connect(url, { connections: options.maxSockets ?? null });
      const listeners: (() => void)[] = [];
      return {
        client,
        async call(dispatcher, request) {
          for (const listener of listeners) listener();
          const { method, baseUrl, path, body, signal } = request;
          const init = { dispatcher, method, headers: headersOf(request, options), body, signal, duplex: 'half' };
          try {
            return await fetch(baseUrl + path, init as never);
          } catch (error) {
            // fetch wraps each error of a dispatcher.
            const { cause } = error as { cause?: unknown };
            throw cause ?? error;
          }
        },
        async read(result) {
          const response = result as Response;
          return { status: response.status, text: await response.text() };
        },
        onRequest: (listener) => void listeners.push(listener),
        refuse: (dispatcher) => fetch(url, { dispatcher, method: 'not a method' } as never),
        close: () => client.destroy(),
      };
    },
  };
}
