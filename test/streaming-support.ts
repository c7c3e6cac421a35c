import { sleep } from '@holdline/test-servers/waiting';
import { createRequire } from 'node:module';
import { startSimulator, type GenesysSimulator, type SimulatorOptions } from '@holdline/simulator';
import { expect, onTestFinished } from 'vitest';

export { sleep, until } from '@holdline/test-servers/waiting';

/** The parts of a streaming client that the tests use. */
export interface StreamingClient {
  connected: boolean;
  config: { authToken?: string };
  http: {
    requestApi(path: string, options: object): Promise<{ data: unknown }>;
    requestApiWithRetry(path: string, options: object, ms?: number): { promise: Promise<{ data: unknown }> };
  };
  connectionManager: object;
  connect(options?: object): Promise<void>;
  disconnect(): Promise<void>;
  setAccessToken(token: string): void;
  on(event: string, listener: () => void): void;
}

type ClientClass = new (options: object) => StreamingClient;

const require = createRequire(import.meta.url);

/** The clients load before a window exists. Otherwise their dependencies take Node for a browser. */
export const STREAMING_CLIENTS = (
  [
    ['19.4.1', 'genesys-cloud-streaming-client'],
    ['17.2.7', 'genesys-cloud-streaming-client-17'],
  ] as const
).map(([version, name]) => ({ version, Client: (require(name) as { default: ClientClass }).default }));

const silent = (): void => undefined;
const QUIET = { debug: silent, info: silent, warn: silent, error: silent, log: silent };

/** The clients of the current test. */
const clients: StreamingClient[] = [];
let made = 0;

/** Defines the browser globals that the client needs. */
export function defineWindow(): void {
  const stored = new Map<string, string>();
  const storage = {
    getItem: (key: string) => stored.get(key) ?? null,
    setItem: (key: string, value: string) => stored.set(key, value),
    removeItem: (key: string) => stored.delete(key),
  };
  const navigator = { onLine: true, userAgent: 'node' };
  const window = Object.assign(new EventTarget(), { navigator, sessionStorage: storage });
  for (const [name, value] of Object.entries({ sessionStorage: storage, localStorage: storage, navigator, window }))
    Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
  // The client prints each refused upgrade with its whole socket, ten thousand lines per run.
  console.error = silent;
}

/** Starts a simulator with HTTP limits that no test reaches. The simulator stops after the test. */
export async function startStreamingSimulator(options: Partial<SimulatorOptions> = {}): Promise<GenesysSimulator> {
  const wide = { name: 'wide', per: 'org', limit: 1_000_000, windowMs: 60_000, enforcement: 'sliding' } as const;
  const simulator = await startSimulator({ limits: [wide], ...options, platform: 'genesys' });
  onTestFinished(async () => {
    await waitForRequests();
    await Promise.all(clients.splice(0).map((client) => client.disconnect().catch(silent)));
    await simulator.stop();
  });
  return simulator;
}

let logins = 0;

/** Signs a user in and returns a new access token. */
export async function signIn(simulator: GenesysSimulator, user: string): Promise<string> {
  const response = await fetch(`${simulator.url}/oauth/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from('client:secret').toString('base64')}` },
    body: new URLSearchParams({ grant_type: 'authorization_code', code: `user:${user}#${++logins}` }),
  });
  return ((await response.json()) as { access_token: string }).access_token;
}

/** Creates a client of a user. The client disconnects after the test. */
export async function createStreamingClient(
  simulator: GenesysSimulator,
  user: string,
  { Client } = STREAMING_CLIENTS[0] as { Client: ClientClass },
): Promise<StreamingClient> {
  const client = new Client({
    host: simulator.url.replace('http', 'ws'),
    apiHost: simulator.url,
    authToken: await signIn(simulator, user),
    logger: QUIET,
    optOutOfWebrtcStatsTelemetry: true,
    // The SDK stores the back-off by this name.
    appName: `test-${++made}`,
  });
  clients.push(client);
  return client;
}

/** Waits for the requests that a client makes after it connects. If they fail, the SDK has an unhandled rejection. */
export const waitForRequests = (): Promise<void> => sleep(300);

export async function catchRejection(promise: Promise<unknown>): Promise<Record<string, unknown>> {
  try {
    await promise;
  } catch (error) {
    return (error ?? {}) as Record<string, unknown>;
  }
  return expect.unreachable('the promise resolved');
}

/** The highest number of events in any window of `windowMs`. The times must be sorted. */
export function countMostWithin(times: readonly number[], windowMs: number): number {
  let most = 0;
  for (let from = 0, to = 0; to < times.length; to++) {
    while ((times[to] as number) - (times[from] as number) >= windowMs) from++;
    most = Math.max(most, to - from + 1);
  }
  return most;
}
