import { Agent } from 'node:http';
import { createRequire } from 'node:module';
import { adapterContract, recordContract, type AdapterUnderTest } from '@holdline/adapter-kit';
import { describe, expect, it } from 'vitest';
import { guardGenesys } from './index.js';
import type { ApiClientLike } from './sdk/api-client.js';

interface Client extends ApiClientLike {
  setGateway(gateway: object): void;
  setReturnExtendedResponses(extended: boolean): void;
  setPreHook?(hook: (config: object) => object): void;
  config: ApiClientLike['config'] & { live_reload_config?: boolean };
}
interface Sdk {
  ApiClient: { config: { live_reload_config: boolean } };
  ApiClientClass: new () => Client;
}

const require = createRequire(import.meta.url);
const OAUTH = 'PureCloud OAuth';

/** Loads a copy of its own of an SDK. */
function loadSdk(name: string): Sdk {
  const path = require.resolve(name);
  delete require.cache[path];
  const sdk = require(path) as Sdk;
  sdk.ApiClient.config.live_reload_config = false;
  return sdk;
}

function sdkUnderTest(version: number, name: string): AdapterUnderTest<Client> {
  const copies = [loadSdk(name), loadSdk(name)] as const;
  return {
    name: `guardGenesys with purecloud-platform-client-v2 ${version}`,
    guard: guardGenesys,
    connect({ url }, { maxSockets, copy, authorization }) {
      const client = new copies[copy ? 1 : 0].ApiClientClass();
      const { hostname: host, port } = new URL(url);
      client.config.live_reload_config = false;
      client.setGateway({ host, port, protocol: 'http' });
      client.setReturnExtendedResponses(true);
      if (authorization !== undefined) client.setAccessToken(authorization.replace('Bearer ', ''));
      const agent = new Agent({ keepAlive: true, ...(maxSockets !== undefined && { maxSockets }) });
      // The SDK has an option for the agent of HTTPS only.
      if (maxSockets !== undefined)
        Object.assign(client.getHttpClient()._axiosInstance!.defaults, { httpAgent: agent });
      const call = (guarded: Client, method: string, path: string, headers: object, body: unknown): Promise<unknown> =>
        guarded.callApi(
          ...([
            path,
            method,
            {},
            {},
            headers,
            {},
            body,
            [OAUTH],
            ['application/json'],
            ['application/json'],
          ] as never[]),
        );
      return {
        client,
        call: (guarded, { method, path, headers, body }) => call(guarded, method, path, headers ?? {}, body),
        read(result) {
          const { status, body, text } = result as { status: number; body?: unknown; text?: string };
          return { status, text: text ?? (typeof body === 'string' ? body : JSON.stringify(body)) };
        },
        onRequest(listener) {
          client.setPreHook?.((config) => {
            listener();
            return config;
          });
        },
        // Before version 262, a header of one call stays on the client.
        refuse: (guarded) =>
          version < 262
            ? call(guarded, 'not a method', '/', {}, undefined)
            : call(guarded, 'GET', '/', { 'not a header': '' }, undefined),
        close: () => agent.destroy(),
      };
    },
    lacks: {
      signal: 'no method of the SDK takes a signal',
      absoluteUrl: 'the SDK joins each path to the address of its client',
      streamBody: 'the SDK never ends a failed call with a stream, because its logger writes each body as JSON',
      streamAnswer: 'the SDK reads the whole answer',
      ...(version < 219 && { interceptor: 'the SDK has no hooks before version 219' }),
    },
  };
}

const SDKS = [
  [262, 'purecloud-platform-client-v2'],
  [242, 'purecloud-242'],
  [219, 'purecloud-219'],
  [212, 'purecloud-212'],
] as const;
const ADAPTERS = SDKS.map(([version, name]) => sdkUnderTest(version, name));
for (const adapter of ADAPTERS) adapterContract({ describe, it, expect }, adapter);

it('is recorded', () => recordContract(new URL('../contract.json', import.meta.url), ADAPTERS));
