import type { AdapterUnderTest, Connection, ConnectOptions, ContractRequest, Feature } from '@holdline/adapter-kit';
import { guardUndici } from './guard.js';
import type { DispatcherLike, DispatchFunction } from './types.js';

/** A dispatcher of some version, as far as the contract uses it. */
export interface TestedDispatcher extends DispatcherLike {
  compose(interceptor: (dispatch: DispatchFunction) => DispatchFunction): TestedDispatcher;
  destroy(): Promise<void>;
}

/** The body of a result of `request`. */
interface TestedBody {
  text(): Promise<string>;
  on(event: 'error', listener: () => void): unknown;
}

/** Makes a dispatcher that sends to `url`. */
type Connect = (url: string, options: { connections: number | null }) => object;

/** `request` of one version of undici, and a dispatcher of the same version. */
export interface TestedUndici {
  request(url: string, options: object): Promise<{ statusCode: number; body: TestedBody }>;
  readonly connect: Connect;
}

/** A fetch function, and a dispatcher for it. */
export interface TestedFetch {
  readonly fetch: (url: string, init: never) => Promise<unknown>;
  readonly connect: Connect;
}

type Lacks = Readonly<Partial<Record<Feature, string>>>;

const MADE_BY_UNDICI = 'undici makes its result itself; callInfo() takes the `context` of the result';
const NO_CREDENTIAL = 'a dispatcher keeps no credential; the caller gives it with each request';
const NO_REDIRECTS = 'request() follows no redirects';
const NO_ORIGIN: Lacks = { ownOrigin: 'an Agent has no origin of its own' };

/** `request()` of undici with a dispatcher. The second copy of undici has another version. */
export function testedRequest(
  name: string,
  own: TestedUndici,
  other: TestedUndici,
  lacks: Lacks = NO_ORIGIN,
): AdapterUnderTest<TestedDispatcher> {
  return {
    name,
    guard: guardUndici,
    lacks: { callInfo: MADE_BY_UNDICI, redirects: NO_REDIRECTS, clientCredential: NO_CREDENTIAL, ...lacks },
    connect({ url }, options) {
      const { request, connect } = options.copy ? other : own;
      return {
        ...connectDispatcher(connect, url, options, async (target, init) => {
          const result = await request(target, init);
          // The cases read later. In undici 6, a body that breaks before that is an uncaught error, with or without a guard.
          result.body.on('error', () => undefined);
          return result;
        }),
        async read(result) {
          const { statusCode, body } = result as Awaited<ReturnType<TestedUndici['request']>>;
          return { status: statusCode, text: await body.text() };
        },
      };
    },
  };
}

/** A fetch function with a dispatcher. The second copy has another version. */
export function testedFetch(name: string, own: TestedFetch, other: TestedFetch): AdapterUnderTest<TestedDispatcher> {
  return {
    name,
    guard: guardUndici,
    lacks: {
      ...NO_ORIGIN,
      clientCredential: NO_CREDENTIAL,
      callInfo: 'fetch makes its response itself',
      streamBody: 'fetch hands a generator to its dispatcher, which tells nothing about a stream before it is read',
    },
    connect({ url }, options) {
      const { fetch, connect } = options.copy ? other : own;
      return {
        ...connectDispatcher(connect, url, options, async (target, init) => {
          try {
            return await fetch(target, { ...init, duplex: 'half' } as never);
          } catch (error) {
            // fetch wraps each error of a dispatcher.
            const { cause } = error as { cause?: unknown };
            throw cause ?? error;
          }
        }),
        async read(result) {
          const response = result as Response;
          return { status: response.status, text: await response.text() };
        },
      };
    },
  };
}

/** Everything of a connection but the way to read a result. */
function connectDispatcher(
  connect: Connect,
  url: string,
  options: ConnectOptions,
  send: (url: string, init: object) => Promise<unknown>,
): Omit<Connection<TestedDispatcher>, 'read'> {
  const client = connect(url, { connections: options.maxSockets ?? null }) as TestedDispatcher;
  let watch = (dispatcher: TestedDispatcher): TestedDispatcher => dispatcher;
  return {
    client,
    call(dispatcher, request) {
      const { method, baseUrl, path, body, signal } = request;
      const headers = headersOf(request, options);
      return send(baseUrl + path, { dispatcher: watch(dispatcher), method, headers, body, signal });
    },
    // An interceptor of the user is above the guard.
    onRequest(listener) {
      watch = (dispatcher) =>
        dispatcher.compose((dispatch) => (given, handler) => {
          listener();
          return dispatch(given, handler);
        });
    },
    refuse: (dispatcher) => send(url, { dispatcher, method: 'not a method' }),
    close: () => client.destroy(),
  };
}

/** Builds the headers of a call. The caller gives its credential with each request. */
function headersOf({ headers, method }: ContractRequest, { authorization }: ConnectOptions): Record<string, string> {
  return {
    ...(authorization !== undefined && { authorization }),
    ...(method === 'POST' && { 'content-type': 'application/json' }),
    ...headers,
  };
}
