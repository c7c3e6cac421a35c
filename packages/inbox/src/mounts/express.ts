import type { IncomingMessage, ServerResponse } from 'node:http';
import type { HttpHandler } from '../http/handler.js';
import { answer } from './node.js';

/**
 * Mounts a handler in Express 4 or 5, or another framework with `(request, response, next)`.
 *
 * The handler needs the body as it came, so mount it before `express.json()`. A body that `express.raw()` read is fine. If another parser
 * has read the body, the request fails with a `ConfigError` in `next`.
 *
 * @param handler - The handler of {@link httpHandler}.
 * @example
 * ```ts
 * import express from 'express';
 * import { expressMount, type HttpHandler } from '@holdline/inbox';
 *
 * declare const handler: HttpHandler; // from httpHandler()
 * const app = express();
 * app.use('/webhooks/genesys', expressMount(handler));
 * app.use(express.json());
 * ```
 * @public
 */
export function expressMount(
  handler: HttpHandler,
): (request: IncomingMessage, response: ServerResponse, next: (error?: unknown) => void) => void {
  return (request, response, next) => {
    answer(request, response, handler, 'mount the inbox before express.json() and other body parsers').catch(next);
  };
}
