import { ConfigError } from '@holdline/core';
import type { HttpHandler } from '../http/handler.js';

/**
 * Mounts a handler in Hono, or another framework whose context has the web request in `req.raw`.
 *
 * If a middleware has read the body, the promise rejects with a `ConfigError`, for the error handler of the framework.
 *
 * @param handler - The handler of {@link httpHandler}.
 * @example
 * ```ts
 * import { Hono } from 'hono';
 * import { honoMount, type HttpHandler } from '@holdline/inbox';
 *
 * declare const handler: HttpHandler; // from httpHandler()
 * const app = new Hono();
 * app.all('/webhooks/genesys', honoMount(handler));
 * ```
 * @public
 */
export function honoMount(
  handler: HttpHandler,
): (context: { readonly req: { readonly raw: Request } }) => Promise<Response> {
  return async ({ req }) => {
    if (req.raw.bodyUsed)
      throw new ConfigError(
        'the body of the request was read before the inbox got it; mount the inbox before that reader',
      );
    return handler(req.raw);
  };
}
