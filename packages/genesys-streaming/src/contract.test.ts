import { createRequire } from 'node:module';
import { adapterContract, recordContract, type AdapterUnderTest } from '@holdline/adapter-kit';
import { describe, expect, it } from 'vitest';
import { guardStreaming } from './index.js';
import type { StreamingClientLike } from './sdk.js';

type ClientClass = new (options: object) => StreamingClientLike;

const require = createRequire(import.meta.url);
/** The clients load before a window exists. Otherwise their dependencies take Node for a browser. */
const CLASSES = (
  [
    ['19.4.1', 'genesys-cloud-streaming-client'],
    ['17.2.7', 'genesys-cloud-streaming-client-17'],
  ] as const
).map(([version, name]) => ({ version, Client: (require(name) as { default: ClientClass }).default }));

const silent = (): void => undefined;

/** Defines the browser globals that the client needs. */
function defineWindow(): void {
  const sessionStorage = { getItem: () => null, setItem: () => undefined, removeItem: () => undefined };
  const navigator = { onLine: true, userAgent: 'node' };
  // A client listens for the end of a network as long as its window lives.
  const window = { addEventListener: silent, removeEventListener: silent, navigator, sessionStorage };
  for (const [name, value] of Object.entries({ sessionStorage, localStorage: sessionStorage, navigator, window }))
    Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
}
defineWindow();

const logger = { debug: silent, info: silent, warn: silent, error: silent, log: silent };

/** The contract for the HTTP requests of a streaming client. Sessions are WebSockets, for which the contract has no case. */
function clientUnderTest(version: string): AdapterUnderTest<StreamingClientLike> {
  return {
    name: `guardStreaming with genesys-cloud-streaming-client ${version}`,
    guard: guardStreaming,
    connect({ url }, { copy, authorization = 'Bearer contract-client' }) {
      const { Client } = CLASSES.find((one) => (one.version === version) !== copy)!;
      const client = new Client({
        host: url.replace('http', 'ws'),
        apiHost: url,
        authToken: authorization.replace('Bearer ', ''),
        logger,
        optOutOfWebrtcStatsTelemetry: true,
        appName: 'contract',
      });
      return {
        client,
        call(guarded, { method, baseUrl, path, headers, body }) {
          return guarded.http.requestApi(path, {
            method,
            host: baseUrl,
            data: body,
            authToken: guarded.config.authToken,
            customHeaders: { ...headers },
            logger,
          } as never);
        },
        read(result) {
          const { status, data } = result as { status: number; data: unknown };
          return { status, text: typeof data === 'string' ? data : JSON.stringify(data) };
        },
        refuse: (guarded) => {
          // axios refuses a number that is no JSON.
          const options = { method: 'POST', host: url, data: 1, contentType: 'text/plain', noAuthHeader: true, logger };
          return guarded.http.requestApi('/', options as never);
        },
      };
    },
    lacks: {
      signal: 'requestApi takes no signal',
      endOnWire: 'the SDK has no way to end a request',
      streamAnswer: 'the SDK reads the whole answer',
      interceptor: 'the SDK has no interceptors',
      oneConnection: 'the SDK has no option for its connections',
    },
  };
}

const ADAPTERS = CLASSES.map(({ version }) => clientUnderTest(version));
for (const adapter of ADAPTERS) adapterContract({ describe, it, expect }, adapter);

it('is recorded', () => recordContract(new URL('../contract.json', import.meta.url), ADAPTERS));
