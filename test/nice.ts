import { createRequire } from 'node:module';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { holdlineOf, release, type Holdline, type HoldlineConfig } from '@holdline/core';
import { guardCxone } from '@holdline/cxone';
import { startSimulator, type CxoneSimulator, type SimulatorOptions } from '@holdline/simulator';
import { afterAll, onTestFinished } from 'vitest';

/** The parts of the NICE CXone SDK that the tests use. */
export interface Nice {
  HttpClient: {
    get(url: string, request?: NiceRequest): Promise<NiceResponse>;
    post(url: string, request?: NiceRequest): Promise<NiceResponse>;
    put(url: string, request?: NiceRequest): Promise<NiceResponse>;
    getBlob(url: string, request?: NiceRequest): Promise<NiceResponse>;
    handleRequestWithCircuitBreaker(...args: never[]): Promise<unknown>;
    circuitBreaker: { execute(fn: () => unknown): unknown };
  };
  CXoneAuth: { readonly instance: NiceAuth; readonly prototype: NiceAuth };
  ACDSessionManager: { readonly instance: TokenHolder; readonly prototype: TokenHolder };
  AdminService: { readonly instance: TokenHolder; readonly prototype: TokenHolder };
  LoadWorker: { readonly prototype: { initWorker(code: string, name: string): Worker } };
}

interface TokenHolder {
  accessToken: string;
  setAccessToken(token: string): void;
}

export interface NiceAuth {
  init(settings: { cxoneHostname: string; clientId: string; redirectUri?: string }): void;
  getOpenIDConfiguration(host: string): Promise<unknown>;
  getAuthToken(): NiceToken;
  setAuthToken(token: NiceToken): void;
  getRefreshToken(): Promise<void>;
  startRefreshTokenCheck(token: NiceToken, isLeader: boolean, isValid: boolean): boolean;
  oidcConfig: { tokenEndpoint?: string };
  authWorker?: { onmessage: unknown };
}

export interface NiceToken {
  accessToken?: string;
  refreshToken?: string;
  expiresIn?: number;
  accessTokenTime?: number;
}

export interface NiceRequest {
  headers?: { name: string; value: string }[];
  body?: unknown;
}

export interface NiceResponse {
  status: number;
  statusText: string;
  body: unknown;
  data?: unknown;
}

/** Defines the browser globals that the SDK needs in Node. */
function pretendToBeAPage(): void {
  const storage = (): Partial<Storage> => {
    const items = new Map<string, string>();
    return {
      getItem: (key) => items.get(key) ?? null,
      setItem: (key, value) => void items.set(key, String(value)),
      removeItem: (key) => void items.delete(key),
      clear: () => items.clear(),
    };
  };
  const page = {
    localStorage: storage(),
    sessionStorage: storage(),
    window: Object.assign(new EventTarget(), { btoa, atob, crypto }),
    document: { addEventListener: () => undefined, createElement: () => ({}) },
    location: { href: 'https://page.test/', origin: 'https://page.test', search: '' },
    Worker: FakeWorker,
  };
  for (const [name, value] of Object.entries(page))
    Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
}

/** A worker that only records its messages. Tests in Chromium cover real workers. */
export class FakeWorker extends EventTarget {
  static readonly made: FakeWorker[] = [];
  readonly asked: unknown[] = [];
  onmessage: unknown = null;

  constructor() {
    super();
    FakeWorker.made.push(this);
  }

  postMessage(message: unknown): void {
    this.asked.push(message);
  }

  terminate(): void {}
}

const require = createRequire(import.meta.url);
let bundled: Promise<string> | undefined;

/** Bundles the SDK, because plain Node can neither import nor require it. */
function bundle(): Promise<string> {
  const directory = mkdtempSync(join(tmpdir(), 'holdline-nice-'));
  afterAll(() => rmSync(directory, { recursive: true }));
  const outfile = join(directory, 'sdk.cjs');
  return build({
    stdin: {
      contents: "export * from '@nice-devone/core-sdk'; export * from '@nice-devone/auth-sdk';",
      resolveDir: import.meta.dirname,
    },
    bundle: true,
    platform: 'node',
    format: 'cjs',
    mainFields: ['main', 'module'],
    outfile,
    logLevel: 'silent',
  }).then(() => outfile);
}

/** Loads a fresh copy of the real SDK, because its breaker and its login are static. */
export async function loadNice(): Promise<Nice> {
  pretendToBeAPage();
  const file = await (bundled ??= bundle());
  delete require.cache[file];
  const { log, info, error, warn, debug } = console;
  // The SDK logs every request.
  for (const level of ['log', 'info', 'error', 'warn', 'debug'] as const) console[level] = () => undefined;
  onTestFinished(() => void Object.assign(console, { log, info, error, warn, debug }));
  return require(file) as Nice;
}

/** Starts a simulator without limits that stops with the test. */
export async function simulateCxone(options: Partial<SimulatorOptions> = {}): Promise<CxoneSimulator> {
  const simulator = await startSimulator({ platform: 'cxone', limits: [], ...options } as SimulatorOptions & {
    platform: 'cxone';
  });
  onTestFinished(() => simulator.stop());
  return simulator;
}

/** Logs in at the simulator. `key@acme` belongs to the tenant acme. */
export async function login(simulator: { url: string }, accessKeyId = 'key@acme'): Promise<NiceToken> {
  const answer = await fetch(`${simulator.url}/authentication/v1/token/access-key`, {
    method: 'POST',
    body: JSON.stringify({ accessKeyId, accessKeySecret: 'any' }),
  });
  const {
    access_token: accessToken,
    refresh_token: refreshToken,
    expires_in: expiresIn,
  } = (await answer.json()) as {
    access_token: string;
    refresh_token: string;
    expires_in: number;
  };
  return { accessToken, refreshToken, expiresIn, accessTokenTime: Date.now() };
}

export const bearer = (token: string | undefined): NiceRequest => ({
  headers: [{ name: 'Authorization', value: `Bearer ${token}` }],
});

export interface SignedIn {
  nice: Nice;
  auth: NiceAuth;
  /** A request with the current token of the application. */
  mine(): NiceRequest;
  api(path: string): string;
}

/** Loads the unmodified SDK, signs in at the simulator and clears the wire log. */
export async function createSignedIn(simulator: CxoneSimulator): Promise<SignedIn> {
  const nice = await loadNice();
  const auth = nice.CXoneAuth.instance;
  auth.init({ cxoneHostname: simulator.url, clientId: 'page@acme' });
  await auth.getOpenIDConfiguration(simulator.url);
  auth.setAuthToken(await login(simulator));
  simulator.resetStats();
  return {
    nice,
    auth,
    mine: () => bearer(auth.getAuthToken().accessToken),
    api: (path) => `${simulator.url}/incontactapi/services/v23.0${path}`,
  };
}

/** Loads the SDK, signs in, and guards the SDK until the end of the test. */
export async function createGuardedNice(
  simulator: CxoneSimulator,
  configOrLine: HoldlineConfig | Holdline = {},
): Promise<SignedIn & { line: Holdline }> {
  const session = await createSignedIn(simulator);
  const { HttpClient, CXoneAuth, LoadWorker, ACDSessionManager, AdminService } = session.nice;
  const sdk = guardCxone(
    { HttpClient, CXoneAuth, LoadWorker, ACDSessionManager, AdminService, origins: [simulator.url] },
    configOrLine,
  );
  onTestFinished(() => release(sdk));
  return { ...session, line: holdlineOf(sdk) as Holdline };
}
