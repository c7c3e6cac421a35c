import type { IncomingMessage, ServerResponse } from 'node:http';
import type { HttpHandler } from '../http/handler.js';
import { checkUnread, discardRest, webRequestOf, type NodeRequest } from './incoming.js';

/**
 * Mounts a handler in a server of `node:http` or `node:https`.
 *
 * @param handler - The handler of {@link httpHandler}.
 * @example
 * ```ts
 * import { createServer } from 'node:http';
 * import { nodeMount, type HttpHandler } from '@holdline/inbox';
 *
 * declare const handler: HttpHandler; // from httpHandler()
 * createServer(nodeMount(handler)).listen(8080);
 * ```
 * @public
 */
export function nodeMount(handler: HttpHandler): (request: IncomingMessage, response: ServerResponse) => void {
  return (request, response) => {
    answer(request, response, handler).catch(() => {
      // The promise rejects only if the body was read before. There is no framework that could report it.
      if (response.headersSent) response.destroy();
      else response.writeHead(500).end();
    });
  };
}

/** Answers a request of Node with a handler. Rejects if something has read the body before. */
export async function answer(
  incoming: NodeRequest,
  outgoing: ServerResponse,
  handler: HttpHandler,
  advice = 'call the inbox before anything reads the body',
): Promise<void> {
  checkUnread(incoming, advice);
  const { status, headers, text } = await respond(incoming, handler);
  if (outgoing.destroyed || outgoing.writableEnded) return;
  outgoing.statusCode = status;
  for (const [name, value] of Object.entries(headers)) outgoing.setHeader(name, value);
  outgoing.end(text);
}

/** The response of a handler to a request of Node, in a form that every framework can send. */
export interface PlainResponse {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly text: string;
}

export async function respond(incoming: NodeRequest, handler: HttpHandler): Promise<PlainResponse> {
  const request = webRequestOf(incoming);
  const response = request ? await handler(request) : new Response('{"result":"rejected"}', { status: 400 });
  const headers = Object.fromEntries(response.headers);
  // Nobody waits longer for a body that did not arrive in time.
  const isComplete = response.status === 503 ? incoming.complete : await discardRest(incoming);
  if (!isComplete && incoming.httpVersionMajor < 2) headers['connection'] = 'close';
  return { status: response.status, headers, text: await response.text() };
}
