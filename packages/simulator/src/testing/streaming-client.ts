import { createRequire } from 'node:module';
import { afterEach, beforeAll } from 'vitest';
import type { GenesysSimulator } from '../simulator.js';
import { type Json, requestToken } from './http-client.js';

/** The vendor's real streaming clients in Node, with the few browser globals that they need. */

const require = createRequire(import.meta.url);
// Loaded before `window` exists: with it, dependencies of the client would take Node for a browser.
export const STREAMING_CLIENTS: [version: string, module: Json][] = [
  ['19.4.1', require('genesys-cloud-streaming-client')],
  ['17.2.7', require('genesys-cloud-streaming-client-17')],
];
const none = (): undefined => undefined;
const QUIET = { debug: none, info: none, warn: none, error: none, log: none };

const clients: Json[] = [];

beforeAll(() => {
  const stored = new Map<string, string>();
  const storage = {
    getItem: (key: string) => stored.get(key) ?? null,
    setItem: (key: string, value: string) => stored.set(key, value),
    removeItem: (key: string) => stored.delete(key),
  };
  const target = globalThis as Json;
  target.sessionStorage = storage;
  target.localStorage = storage;
  target.window ??= Object.assign(new EventTarget(), { navigator: { onLine: true }, sessionStorage: storage });
  Object.defineProperty(target, 'navigator', { value: { onLine: true, userAgent: 'node' }, configurable: true });
});

afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.disconnect().catch(none)));
});

/** Makes a client with a token of the user. It is disconnected after the test. */
export async function makeStreamingClient(
  simulator: GenesysSimulator,
  { default: Client }: Json,
  user: string,
): Promise<{ client: Json; token: string }> {
  const { json } = await requestToken(simulator, { grant_type: 'authorization_code', code: `user:${user}` });
  const token: string = json.access_token;
  const client = new Client({
    host: simulator.url.replace('http', 'ws'),
    apiHost: simulator.url,
    authToken: token,
    logger: QUIET,
    optOutOfWebrtcStatsTelemetry: true,
    appName: `test-${user}`,
  });
  clients.push(client);
  return { client, token };
}
