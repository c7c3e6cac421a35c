import { createServer, type RequestListener } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { inspect } from 'node:util';
import { callInfo, createHoldline, holdlineOf, isHoldlineError, type HoldlineConfig } from '@holdline/core';
import { describe, expect, onTestFinished, test } from 'vitest';
import { guardGenesys } from '../index.js';
import type { ApiClientLike } from '../sdk/api-client.js';

interface Client extends ApiClientLike {
  setGateway(gateway: object): void;
  setReturnExtendedResponses(extended: boolean): void;
  config: ApiClientLike['config'] & { live_reload_config?: boolean };
}
interface Sdk {
  ApiClient: { config: { live_reload_config: boolean } };
  ApiClientClass: new () => Client;
  RoutingApi: new (client: Client) => { postRoutingQueues(body: object): Promise<unknown> };
}
const sdk = createRequire(import.meta.url)('purecloud-platform-client-v2') as Sdk;
sdk.ApiClient.config.live_reload_config = false;

async function serve(answer: RequestListener): Promise<string> {
  const server = createServer((request, response) => void request.resume().on('end', () => answer(request, response)));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test('a second guard with another configuration or line is a ConfigError, and the same one has no effect', () => {
  const client = clientOf('http://127.0.0.1:1');
  guardGenesys(client, { retry: { maxAttempts: 2 } });
  const line = holdlineOf(client);
  for (const same of [undefined, { retry: { maxAttempts: 2 } }, line]) expect(guardGenesys(client, same)).toBe(client);
  for (const another of [{ retry: false as const }, createHoldline()])
    expect(() => guardGenesys(client, another)).toThrow('guardGenesys: the client is guarded with another');
});

/** A client of the SDK that sends to the server of the test. */
function clientOf(url: string): Client {
  const client = new sdk.ApiClientClass();
  client.config.live_reload_config = false;
  const { hostname: host, port } = new URL(url);
  client.setGateway({ host, port, protocol: 'http' });
  client.setAccessToken('s3cret');
  return client;
}

const rejection = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => expect.unreachable(),
    (error: unknown) => error,
  );
const config: HoldlineConfig = { governor: { quotas: [] } };

// Issue 13, d-post-503: the SDK rejects with the bare body of a response, and with `undefined` when the body is empty.
describe('a POST whose outcome is unknown', () => {
  describe.each([false, true])('extended responses: %s', (extended) => {
    test.each([
      ['with a body', '{"reason":"maintenance"}', { reason: 'maintenance' }],
      ['without a body', '', ''],
    ])('rejects with an OutcomeUnknownError that has the response: %s', async (_, body, data) => {
      const url = await serve((__, response) => {
        response.writeHead(503, { 'content-type': 'application/json', 'x-own': '1' }).end(body);
      });
      const client = clientOf(url);
      client.setReturnExtendedResponses(extended);
      const api = new sdk.RoutingApi(client);
      const bare = await rejection(api.postRoutingQueues({ name: 'a' }));
      expect(isHoldlineError(bare)).toBe(false);
      guardGenesys(client, config);
      const error = await rejection(api.postRoutingQueues({ name: 'a' }));
      if (!isHoldlineError(error)) throw error as Error;
      expect(error).toMatchObject({ code: 'HOLDLINE_OUTCOME_UNKNOWN', route: 'POST /api/v2/routing/queues' });
      expect(error.response).toMatchObject({ status: 503, data });
      expect(callInfo(error)).toMatchObject({ attempts: 1, status: 503 });
      expect(inspect(error, { depth: Infinity, showHidden: true })).not.toContain('s3cret');
    });
  });
});
