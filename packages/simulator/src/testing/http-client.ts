import { type IncomingHttpHeaders, request as httpRequest } from 'node:http';
import { afterEach } from 'vitest';
import type { Limit } from '../options/limit-options.js';
import type { SimulatorOptions } from '../options/simulator-options.js';
import type { CxoneSimulator, GenesysSimulator, Simulator } from '../simulator.js';
import { startSimulator } from '../start-simulator.js';

/** A plain client for tests. It uses only node:http, so that nothing retries, follows redirects or decodes. */

const running: Simulator[] = [];

afterEach(async () => {
  await Promise.all(running.splice(0).map((simulator) => simulator.stop()));
});

const WIDE: Limit[] = [{ name: 'wide', per: 'org', limit: 1_000_000, windowMs: 60_000, enforcement: 'sliding' }];

/** Starts a Genesys Cloud simulator that is stopped after the test. The default limit is too wide to reach. */
export async function startGenesys(options: Omit<SimulatorOptions, 'platform'> = {}): Promise<GenesysSimulator> {
  return stopAfterTest(await startSimulator({ platform: 'genesys', limits: WIDE, ...options }));
}

/** Starts a CXone simulator in the same way. */
export async function startCxone(options: Omit<SimulatorOptions, 'platform'> = {}): Promise<CxoneSimulator> {
  return stopAfterTest(await startSimulator({ platform: 'cxone', limits: WIDE, ...options }));
}

/** Starts a Twilio simulator in the same way, with its own limits. */
export async function startTwilio(options: Omit<SimulatorOptions, 'platform'> = {}): Promise<Simulator> {
  return stopAfterTest(await startSimulator({ platform: 'twilio', ...options }));
}

/** Starts an Amazon Connect simulator in the same way, with its own limits. */
export async function startAwsConnect(options: Omit<SimulatorOptions, 'platform'> = {}): Promise<Simulator> {
  return stopAfterTest(await startSimulator({ platform: 'aws-connect', ...options }));
}

function stopAfterTest<S extends Simulator>(simulator: S): S {
  running.push(simulator);
  return simulator;
}

export interface Reply {
  status: number;
  headers: IncomingHttpHeaders;
  text: string;
  /** The parsed JSON, or undefined. */
  json: Json;
}

// Tests read answers of many shapes. Type checks on each would hide the purpose of a test.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type Json = any;

export interface SentRequest {
  token?: string;
  body?: unknown;
  headers?: Record<string, string>;
  abortAfterMs?: number;
}

/** Sends one request, for example `GET /path`. Rejects when the socket breaks before the answer is complete. */
export function call(simulator: Simulator, methodAndPath: string, options: SentRequest = {}): Promise<Reply> {
  const [method = 'GET', path = '/'] = methodAndPath.split(' ');
  const { token, body } = options;
  const text = body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
  const headers: Record<string, string | number> = {
    ...(token !== undefined && { Authorization: `Bearer ${token}` }),
    ...(text !== undefined && { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(text) }),
    ...options.headers,
  };
  return new Promise((resolve, reject) => {
    const request = httpRequest(`${simulator.url}${path}`, { method, headers, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const all = Buffer.concat(chunks).toString('utf8');
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text: all, json: parseReply(all) });
      });
    });
    request.on('error', reject);
    if (options.abortAfterMs !== undefined) setTimeout(() => request.destroy(new Error('gone')), options.abortAfterMs);
    request.end(text);
  });
}

/** Sends one request to the token endpoint, with HTTP Basic unless `basic` is null. */
export function requestToken(
  simulator: Simulator,
  form: Record<string, string>,
  basic: string | null = 'client:secret',
): Promise<Reply> {
  return call(simulator, 'POST /oauth/token', {
    body: new URLSearchParams(form).toString(),
    headers: {
      'Content-Type': 'application/x-www-form-urlencoded',
      ...(basic !== null && { Authorization: `Basic ${Buffer.from(basic).toString('base64')}` }),
    },
  });
}

/** Returns an access token by client credentials. */
export async function login(simulator: Simulator, clientId = 'client'): Promise<string> {
  const { json } = await requestToken(simulator, { grant_type: 'client_credentials' }, `${clientId}:secret`);
  return String(json.access_token);
}

export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Waits until a condition holds; fails the test after five seconds. */
export async function waitUntil(condition: () => boolean): Promise<void> {
  for (let tries = 0; tries < 500; tries += 1) {
    if (condition()) return;
    await sleep(10);
  }
  throw new Error('it did not become so within 5 s');
}

function parseReply(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}
