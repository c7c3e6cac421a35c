import { adapterContract, recordContract, type AdapterUnderTest } from '@holdline/adapter-kit';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { guardCxone } from './index.js';

interface HttpClient {
  get(url: string, request: object): Promise<unknown>;
  post(url: string, request: object): Promise<unknown>;
}
interface CXoneAuth {
  readonly instance: { setAuthToken(token: object): void; getAuthToken(): { accessToken?: string } };
}
/** What a user passes to `guardCxone`. */
interface Sdk {
  HttpClient: HttpClient;
  CXoneAuth?: CXoneAuth;
  origins: string[];
}

/** Defines the browser globals that the SDK needs. */
function defineWindow(): void {
  const silent = (): void => undefined;
  const makeStorage = (): object => {
    const items = new Map<string, string>();
    return {
      getItem: (key: string) => items.get(key) ?? null,
      setItem: (key: string, value: string) => items.set(key, value),
      removeItem: (key: string) => items.delete(key),
    };
  };
  const page = {
    localStorage: makeStorage(),
    sessionStorage: makeStorage(),
    window: { addEventListener: silent, removeEventListener: silent, btoa, atob, crypto },
    document: { addEventListener: silent, createElement: () => ({}) },
    location: { href: 'https://page.test/', origin: 'https://page.test', search: '' },
    Worker: class {
      postMessage = silent;
      terminate = silent;
    },
  };
  for (const [name, value] of Object.entries(page))
    Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
}
defineWindow();

/** Bundles the HTTP client and the login of the real SDK, because plain Node can neither import nor require it. */
async function bundle(): Promise<string> {
  const { outputFiles } = await build({
    stdin: {
      contents:
        "export { HttpClient } from '@nice-devone/core-sdk'; export { CXoneAuth } from '@nice-devone/auth-sdk';",
      resolveDir: import.meta.dirname,
    },
    bundle: true,
    platform: 'node',
    format: 'cjs',
    mainFields: ['module', 'main'],
    write: false,
    logLevel: 'silent',
  });
  return outputFiles[0]!.text;
}

const code = await bundle();

/** Loads a copy of its own, because the breaker and the login of the SDK are static. */
function loadSdk(): Required<Omit<Sdk, 'origins'>> {
  const module = { exports: {} as Required<Omit<Sdk, 'origins'>> };
  new Function('module', 'exports', 'require', code)(module, module.exports, process.getBuiltinModule);
  return module.exports;
}

const CXONE: AdapterUnderTest<Sdk> = {
  name: 'guardCxone with @nice-devone/core-sdk 25.1.2',
  guard: guardCxone,
  connect({ url }, { authorization }) {
    const { HttpClient, CXoneAuth } = loadSdk();
    // A service has no login of the SDK: its line has the token.
    const client: Sdk = { HttpClient, origins: [url] };
    if (authorization !== undefined) {
      CXoneAuth.instance.setAuthToken({ accessToken: authorization.replace('Bearer ', ''), expiresIn: 86_400 });
      client.CXoneAuth = CXoneAuth;
    }
    return {
      client,
      call({ HttpClient, CXoneAuth }, { method, baseUrl, path, headers = {}, body }) {
        const { accessToken } = CXoneAuth?.instance.getAuthToken() ?? {};
        const all = {
          'Content-Type': 'application/json',
          ...(accessToken !== undefined && { Authorization: `Bearer ${accessToken}` }),
          ...headers,
        };
        const request = { headers: Object.entries(all).map(([name, value]) => ({ name, value })), body };
        return method === 'GET' ? HttpClient.get(baseUrl + path, request) : HttpClient.post(baseUrl + path, request);
      },
      read(result) {
        const { status, body } = result as { status: number; body: unknown };
        return { status, text: JSON.stringify(body) };
      },
      refuse: ({ HttpClient }) => HttpClient.get(url, { headers: [{ name: 'not a header', value: '' }] }),
    };
  },
  lacks: {
    signal: 'no method of the SDK takes a signal',
    streamAnswer: 'the SDK reads the whole answer',
    streamBody: 'the SDK has no option that a fetch with a stream needs',
    ownTransport: 'all copies of the SDK use the global fetch',
    clientCredential: 'the application gives the token with each request',
    interceptor: 'the SDK has no interceptors',
    oneConnection: 'the SDK uses the fetch of the platform, which has no option for its connections',
  },
};

beforeAll(() => {
  // The SDK logs every request.
  for (const level of ['log', 'info', 'error', 'warn', 'debug'] as const)
    vi.spyOn(console, level).mockImplementation(() => undefined);
});
afterAll(() => void vi.restoreAllMocks());

adapterContract({ describe, it, expect }, CXONE);

it('is recorded', () => recordContract(new URL('../contract.json', import.meta.url), [CXONE]));
