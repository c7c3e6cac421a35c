// The frameworks that the tests of webhooks run in, each with the real package and a server on a free port.
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { serve } from '@hono/node-server';
import express from 'express';
import express4 from 'express-4';
import Fastify from 'fastify';
import { Hono } from 'hono';
import { expressMount, fastifyMount, honoMount, nodeMount, type HttpHandler } from '@holdline/inbox';

/** Path of the inbox in every framework. */
export const PATH = '/webhooks/genesys';

export interface RunningServer {
  readonly port: number;
  close(): Promise<void>;
}

/** Starts a server with the inbox at {@link PATH}, and a route `/json` that returns its parsed body where the framework parses. */
type Start = (handler: HttpHandler) => Promise<RunningServer>;

export async function listen(server: Server): Promise<RunningServer> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

const startExpress =
  (framework: typeof express): Start =>
  (handler) => {
    const app = framework();
    app.use(PATH, expressMount(handler));
    app.use(framework.json());
    app.post('/json', (request, response) => void response.json(request.body));
    return listen(createServer(app));
  };

export const MOUNTS: Record<string, Start> = {
  'node:http': (handler) => {
    const mount = nodeMount(handler);
    return listen(
      createServer((request, response) => {
        if (request.url === PATH) return mount(request, response);
        void request.toArray().then((chunks) => response.end(Buffer.concat(chunks)));
      }),
    );
  },
  'Express 5': startExpress(express),
  'Express 4': startExpress(express4),
  'Fastify 5': async (handler) => {
    const app = Fastify();
    app.register(fastifyMount(handler), { prefix: PATH });
    app.post('/json', async (request) => request.body);
    await app.listen({ port: 0, host: '127.0.0.1' });
    return {
      port: (app.server.address() as AddressInfo).port,
      close: async () => {
        app.server.closeAllConnections();
        await app.close();
      },
    };
  },
  'Hono 4': async (handler) => {
    const app = new Hono();
    app.all(PATH, honoMount(handler));
    app.post('/json', async (context) => context.json(await context.req.json()));
    const server = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }) as Server;
    if (!server.listening) await once(server, 'listening');
    return {
      port: (server.address() as AddressInfo).port,
      close: async () => {
        server.closeAllConnections();
        server.close();
        await once(server, 'close');
      },
    };
  },
};
