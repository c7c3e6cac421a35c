import type { HttpHandler } from '../http/handler.js';
import { checkUnread, type NodeRequest } from './incoming.js';
import { respond } from './node.js';

/**
 * The part of a Fastify instance that {@link fastifyMount} uses.
 * @public
 */
export interface FastifyLike {
  removeAllContentTypeParsers(): unknown;
  addContentTypeParser(
    contentType: string,
    parser: (request: unknown, payload: unknown, done: (error: Error | null, body?: unknown) => void) => void,
  ): unknown;
  all(path: string, handler: (request: FastifyRequestLike, reply: FastifyReplyLike) => Promise<unknown>): unknown;
}

/**
 * The part of a Fastify request that {@link fastifyMount} uses.
 * @public
 */
export interface FastifyRequestLike {
  readonly raw: unknown;
}

/**
 * The part of a Fastify reply that {@link fastifyMount} uses.
 * @public
 */
export interface FastifyReplyLike {
  code(status: number): unknown;
  headers(headers: Record<string, string>): unknown;
  send(payload: string): unknown;
}

/**
 * Makes a Fastify plugin of a handler. The plugin reads bodies itself, in a scope of its own: other routes keep their parsers.
 *
 * @param handler - The handler of {@link httpHandler}.
 * @returns a plugin with the option `path`, `/` by default. Fastify adds the `prefix` of `register`.
 * @example
 * ```ts
 * import Fastify from 'fastify';
 * import { fastifyMount, type HttpHandler } from '@holdline/inbox';
 *
 * declare const handler: HttpHandler; // from httpHandler()
 * const app = Fastify();
 * app.register(fastifyMount(handler), { prefix: '/webhooks/genesys' });
 * ```
 * @public
 */
export function fastifyMount(
  handler: HttpHandler,
): (instance: FastifyLike, options: { path?: string }) => Promise<void> {
  return async (instance, { path = '/' }) => {
    instance.removeAllContentTypeParsers();
    // The handler reads the body from the socket, with its own limits.
    instance.addContentTypeParser('*', (_request, _payload, done) => done(null));
    instance.all(path, async ({ raw }, reply) => {
      const incoming = raw as NodeRequest;
      checkUnread(incoming, 'register the inbox where no hook reads bodies');
      const { status, headers, text } = await respond(incoming, handler);
      reply.code(status);
      reply.headers(headers);
      return reply.send(text);
    });
  };
}
