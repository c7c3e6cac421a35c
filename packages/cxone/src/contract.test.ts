import { adapterContract, type AdapterUnderTest } from '@holdline/adapter-kit';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { guardCxone } from './index.js';

interface HttpClient {
  get(url: string, request: object): Promise<unknown>;
  post(url: string, request: object): Promise<unknown>;
}
/** What a user passes to `guardCxone`. */
interface Sdk {
  HttpClient: HttpClient;
  origins: string[];
}

/** Bundles the HTTP client of the real SDK, because plain Node can neither import nor require it. */
async function bundle(): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents: "export { HttpClient } from '@nice-devone/core-sdk';", resolveDir: import.meta.dirname },
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

/** Loads a copy of its own, because the breaker of the SDK is static. */
function loadHttpClient(): HttpClient {
  const module = { exports: {} as { HttpClient: HttpClient } };
  new Function('module', 'exports', 'require', code)(module, module.exports, process.getBuiltinModule);
  return module.exports.HttpClient;
}

const CXONE: AdapterUnderTest<Sdk> = {
  name: 'guardCxone with @nice-devone/core-sdk 25.1.2',
  guard: guardCxone,
  connect({ url }, { authorization }) {
    const client = { HttpClient: loadHttpClient(), origins: [url] };
    return {
      client,
      call({ HttpClient }, { method, baseUrl, path, headers = {}, body }) {
        const all = {
          'Content-Type': 'application/json',
          ...(authorization !== undefined && { Authorization: authorization }),
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
