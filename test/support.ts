import { createServer, type RequestListener } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { callInfo, holdlineOf, isHoldlineError, release, type Holdline, type HoldlineConfig } from '@holdline/core';
import { genesysCloud, guardGenesys } from '@holdline/genesys';
import { startSimulator, type Simulator, type SimulatorOptions, type WireEntry } from '@holdline/simulator';
import { expect, onTestFinished } from 'vitest';

export { sleep, until } from '@holdline/test-servers/waiting';

/** The parts of an `ApiClient` that the tests use. */
export interface Client {
  config: { live_reload_config: boolean; refresh_access_token: boolean; basePath: string };
  authentications: Record<string, { accessToken?: string; apiKey?: string; apiKeyPrefix?: string }>;
  authData: {
    accessToken?: string;
    refreshToken?: string;
    tokenExpiryTime?: number;
    tokenExpiryTimeString?: string;
  };
  timeout: number;
  setGateway(gateway: Record<string, unknown>): void;
  setAccessToken(token: string): void;
  setReturnExtendedResponses(on: boolean): void;
  setProxyAgent(agent: unknown): void;
  setHttpClient(client: HttpClient): void;
  getHttpClient(): HttpClient;
  callApi(...args: unknown[]): Promise<unknown>;
  loginClientCredentialsGrant(id: string, secret: string): Promise<unknown>;
  loginCodeAuthorizationGrant(id: string, secret: string, code: string, redirectUri: string): Promise<unknown>;
}

export interface HttpClient {
  timeout: number;
  setTimeout(ms: number): void;
  request(options: HttpRequest): Promise<HttpResponse>;
  _axiosInstance?: { defaults: { adapter?: unknown } };
}

export interface HttpRequest {
  url: string;
  method: string;
  headers: Record<string, string>;
  data?: unknown;
}

export interface HttpResponse {
  status: number;
  headers: Record<string, string>;
  data: unknown;
}

type Entity = { id: string; name?: string };
type Body = Record<string, unknown>;
type Api<T> = new (client?: Client) => T;
type Options = { customHeaders?: Record<string, string>; idempotencyKey?: string };

/** The parts of purecloud-platform-client-v2 that the tests use, in any version. */
export interface Sdk {
  ApiClient: Client;
  ApiClientClass: (new () => Client) & { prototype: Client; instance: Client };
  AbstractHttpClient: new () => HttpClient;
  DefaultHttpClient: new () => HttpClient;
  HttpRequestOptions: new (url: string, method: string, headers?: Record<string, string>) => HttpRequest;
  UsersApi: Api<{
    getUsersMe(): Promise<Entity>;
    getUser(id: string, options?: Options): Promise<Entity>;
    patchUser(id: string, body: Body): Promise<Entity>;
  }>;
  RoutingApi: Api<{
    getRoutingQueues(): Promise<{ entities: Entity[] }>;
    getRoutingQueue(id: string): Promise<Entity>;
    postRoutingQueues(body: Body): Promise<Entity>;
    putRoutingQueue(id: string, body: Body): Promise<Entity>;
    deleteRoutingQueue(id: string): Promise<unknown>;
  }>;
  ExternalContactsApi: Api<{
    postExternalcontactsContacts(body: Body, options?: Options): Promise<Entity>;
    getExternalcontactsContact(id: string): Promise<Entity>;
  }>;
  AnalyticsApi: Api<{ postAnalyticsConversationsDetailsQuery(body: Body): Promise<{ totalHits: number }> }>;
  QualityApi: Api<{
    postQualityConversationEvaluations(conversationId: string, body: Body, options?: Options): Promise<Entity>;
  }>;
  ConversationsApi: Api<{ getConversation(id: string): Promise<Entity> }>;
}

const require = createRequire(import.meta.url);

/** The package of each version under test. */
export const SDKS = {
  '212': 'purecloud-212',
  '219': 'purecloud-219',
  '242': 'purecloud-242',
  '262': 'purecloud-platform-client-v2',
} as const;

export function loadSdk(version: keyof typeof SDKS = '262'): Sdk {
  const sdk = require(SDKS[version]) as Sdk;
  sdk.ApiClient.config.live_reload_config = false;
  return sdk;
}

/** Starts a simulator without limits that stops with the test. */
export async function simulate(options: Partial<SimulatorOptions> = {}): Promise<Simulator> {
  const simulator = await startSimulator({ platform: 'genesys', limits: [], ...options });
  onTestFinished(() => simulator.stop());
  return simulator;
}

/** Starts a server on 127.0.0.1 that stops with the test. */
export async function serve(answer: RequestListener): Promise<{ url: string }> {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

/** Points a client at a simulator. */
export function direct(client: Client, { url }: { url: string }, more: Record<string, unknown> = {}): Client {
  const { hostname: host, port } = new URL(url);
  client.setGateway({ host, port, protocol: 'http', ...more });
  return client;
}

/** Creates a new unguarded client of the SDK. */
export function createBareClient(simulator: { url: string }, sdk = loadSdk()): Client {
  const client = new sdk.ApiClientClass();
  client.config.live_reload_config = false;
  return direct(client, simulator);
}

/** Configuration without a quota. The line sends calls at once. */
export const UNLIMITED: HoldlineConfig = { governor: { quotas: [] } };

export interface Guarded {
  sdk: Sdk;
  client: Client;
  line: Holdline;
  users: InstanceType<Sdk['UsersApi']>;
  routing: InstanceType<Sdk['RoutingApi']>;
  contacts: InstanceType<Sdk['ExternalContactsApi']>;
}

/** Logs in a guarded client by client credentials and clears the wire log. The client is released with the test. */
export async function createGuarded(
  simulator: Simulator,
  configOrLine: HoldlineConfig | Holdline = UNLIMITED,
  { sdk = loadSdk(), login = true } = {},
): Promise<Guarded> {
  const client = guardGenesys(createBareClient(simulator, sdk), configOrLine);
  onTestFinished(() => release(client));
  if (login) await client.loginClientCredentialsGrant('id', 'secret');
  simulator.resetStats();
  return { client, line: lineOf(client), ...createApis(client, sdk) };
}

export function createApis(client: Client, sdk = loadSdk()): Pick<Guarded, 'sdk' | 'users' | 'routing' | 'contacts'> {
  return {
    sdk,
    users: new sdk.UsersApi(client),
    routing: new sdk.RoutingApi(client),
    contacts: new sdk.ExternalContactsApi(client),
  };
}

/** Logs in an unmodified client, for controls. */
export async function createUnmodified(simulator: Simulator, sdk = loadSdk()): Promise<Omit<Guarded, 'line'>> {
  const client = createBareClient(simulator, sdk);
  await client.loginClientCredentialsGrant('id', 'secret');
  simulator.resetStats();
  return { client, ...createApis(client, sdk) };
}

export function lineOf(client: object): Holdline {
  const line = holdlineOf(client);
  if (!line) throw new Error('the client is not guarded');
  return line;
}

/** A configuration from the preset, for a line with several clients. */
export function presetConfig(overrides: HoldlineConfig = {}): HoldlineConfig {
  return genesysCloud({ governor: { quotas: [] }, ...overrides });
}

/** `METHOD /path status token` of each request, in order of arrival. */
export function wireLog(simulator: Simulator): string[] {
  return simulator
    .wire()
    .map(({ method, path, status, token }) => `${method} ${path} ${status}${token ? ` ${token}` : ''}`);
}

/** The highest number of arrivals in any window of `windowMs`. */
export function mostInWindow(entries: readonly Pick<WireEntry, 'at'>[], windowMs: number): number {
  let most = 0;
  let first = 0;
  const times = entries.map(({ at }) => at).sort((a, b) => a - b);
  for (const [last, at] of times.entries()) {
    while (at - (times[first] as number) >= windowMs) first++;
    most = Math.max(most, last - first + 1);
  }
  return most;
}

/** Checks that no call, no queued call and no slot is left. */
export function expectQuiet(line: Holdline): void {
  const { calls, queued, inFlight, scopes, listenerFailures } = line.snapshot();
  expect({ calls, queued, inFlight, listenerFailures }).toEqual({
    calls: 0,
    queued: 0,
    inFlight: 0,
    listenerFailures: 0,
  });
  expect(scopes.filter((scope) => scope.inFlight > 0)).toEqual([]);
}

/** The error that a promise rejects with. Throws if the promise resolves. */
export async function catchFailure(promise: Promise<unknown>): Promise<unknown> {
  const [end] = await Promise.allSettled([promise]);
  if (end?.status === 'fulfilled') throw new Error('expected a rejection');
  return end?.reason;
}

/** Turns of the event loop that a promise without a timer needs at most. */
const TURNS = 20;

/**
 * The results of promises that settle without a timer or a response. The function counts turns of the event loop instead of
 * milliseconds, because a busy machine takes longer per turn but needs no more turns.
 */
export async function settleAtOnce<T>(promises: readonly Promise<T>[]): Promise<T[]> {
  let isSettled = false;
  const results = Promise.all(promises).finally(() => (isSettled = true));
  results.catch(() => undefined);
  for (let turn = 0; turn < TURNS && !isSettled; turn++) await new Promise((resolve) => void setImmediate(resolve));
  if (!isSettled) throw new Error(`not settled after ${TURNS} turns of the event loop`);
  return results;
}

/** Counts results by kind: `ok`, the name of a Holdline error, `status 500` of a platform error, or an error code. */
export function countOutcomes(results: readonly PromiseSettledResult<unknown>[]): Record<string, number> {
  const counted: Record<string, number> = {};
  for (const result of results) {
    const name = result.status === 'fulfilled' ? 'ok' : nameOf(result.reason);
    counted[name] = (counted[name] ?? 0) + 1;
  }
  return counted;
}

function nameOf(error: unknown): string {
  if (isHoldlineError(error)) return error.name;
  const status = callInfo(error)?.status;
  if (status !== undefined) return `status ${status}`;
  if (error instanceof DOMException) return error.name;
  return String((error as { code?: unknown } | undefined)?.code ?? error);
}

export const times = <T>(n: number, make: (i: number) => T): T[] => Array.from({ length: n }, (_, i) => make(i));

/** Random numbers from a seed, for tests with generated input. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}
