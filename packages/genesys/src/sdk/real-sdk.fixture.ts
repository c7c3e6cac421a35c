import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { ApiClientLike } from './api-client.js';
import type sdk from 'purecloud-platform-client-v2';

/** A request that reached the platform. */
export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly body: unknown;
}

/** An answer: a status and a body, or nothing, which closes the connection without an answer. */
export type FixtureAnswer = { readonly status?: number; readonly body?: unknown } | 'no answer';

/** The real SDK, connected to a server that answers with a function. */
export interface RealSdk {
  readonly client: ApiClientLike & { setReturnExtendedResponses(extended: boolean): void };
  readonly requests: SeenRequest[];
  /** An API object of the SDK. */
  api<Name extends keyof Apis>(name: Name): InstanceType<Apis[Name]>;
  close(): Promise<void>;
}

type Apis = Pick<
  typeof sdk,
  | 'AnalyticsApi'
  | 'ExternalContactsApi'
  | 'AgentAssistantsApi'
  | 'RoutingApi'
  | 'SpeechTextAnalyticsApi'
  | 'TaskManagementApi'
  | 'TeamsApi'
  | 'UsersApi'
>;

const require = createRequire(import.meta.url);

/** Starts the server and a client of the SDK for it. */
export async function connectRealSdk(
  answer: (request: SeenRequest) => FixtureAnswer | Promise<FixtureAnswer>,
): Promise<RealSdk> {
  const requests: SeenRequest[] = [];
  const server: Server = createServer((request, response) => {
    void (async () => {
      const url = new URL(request.url ?? '/', 'http://127.0.0.1');
      const sent = await text(request);
      const seen = {
        method: request.method ?? '',
        path: url.pathname,
        query: Object.fromEntries(url.searchParams),
        body: sent === '' ? undefined : (JSON.parse(sent) as unknown),
      };
      requests.push(seen);
      const given = await answer(seen);
      if (given === 'no answer') return void request.socket.destroy();
      const { status = 200, body } = given;
      response.writeHead(status, { 'content-type': 'application/json' });
      // The errors of the platform name their status.
      const sentBody = status >= 400 && typeof body === 'object' ? { ...body, status } : body;
      response.end(sentBody === undefined ? '' : JSON.stringify(sentBody));
    })();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const module = require('purecloud-platform-client-v2') as Record<string, new (client?: unknown) => unknown>;
  const client = new module['ApiClientClass']!() as RealSdk['client'] & {
    setGateway(gateway: object): void;
    config: { live_reload_config: boolean };
  };
  client.config.live_reload_config = false;
  client.setGateway({ host: '127.0.0.1', port: String(port), protocol: 'http' });
  return {
    client,
    requests,
    api: (name) => new module[name]!(client) as never,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
