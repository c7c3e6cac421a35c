import type { IncomingMessage } from 'node:http';
import { ConfigError } from '@holdline/core';

/** A request of Node, as a framework may have changed it. */
export type NodeRequest = IncomingMessage & { readonly originalUrl?: string; readonly body?: unknown };

/** How long the rest of a body is read that nobody needs, in ms and bytes. Then the connection is closed. */
const DISCARD_MS = 1_000;
const DISCARD_BYTES = 4 * 1_048_576;

/** Makes a web request of a request of Node. Returns undefined if its URL or a header is not valid. */
export function webRequestOf(incoming: NodeRequest): Request | undefined {
  const isPost = incoming.method === 'POST';
  try {
    const headers = new Headers();
    // `headers` of Node leaves out repeated headers; a verifier has to see them. Names with a colon belong to HTTP/2.
    for (let i = 0; i + 1 < incoming.rawHeaders.length; i += 2) {
      const name = incoming.rawHeaders[i] as string;
      if (!name.startsWith(':')) headers.append(name, incoming.rawHeaders[i + 1] as string);
    }
    const init: RequestInit & { duplex: 'half' } = {
      // Web requests cannot have all methods of Node. The handler answers all but POST alike.
      method: isPost ? 'POST' : 'GET',
      headers,
      duplex: 'half',
    };
    if (isPost) init.body = incoming.body instanceof Uint8Array ? (incoming.body as BodyInit) : streamOf(incoming);
    return new Request(urlOf(incoming), init);
  } catch {
    return undefined;
  }
}

/**
 * Throws if something has read the body. A body parser that keeps the bytes, such as `express.raw()`, does no harm.
 *
 * @param advice - What to change.
 */
export function checkUnread(incoming: NodeRequest, advice: string): void {
  if (incoming.readableDidRead && !(incoming.body instanceof Uint8Array))
    throw new ConfigError(`the body of the request was read before the inbox got it; ${advice}`);
}

/**
 * Reads and drops the rest of a body that the handler did not need. A client that still sends would otherwise not see the answer.
 *
 * @returns whether the connection can be used for another request
 */
export async function discardRest(incoming: NodeRequest): Promise<boolean> {
  if (incoming.complete || incoming.destroyed) return incoming.complete;
  await new Promise<void>((resolve) => {
    let bytes = 0;
    const finish = (): void => {
      clearTimeout(timer);
      incoming.off('data', count).off('end', finish).off('close', finish);
      resolve();
    };
    const count = (chunk: Uint8Array): void => {
      bytes += chunk.length;
      if (bytes > DISCARD_BYTES) finish();
    };
    const timer = setTimeout(finish, DISCARD_MS);
    incoming.on('data', count).on('end', finish).on('close', finish).resume();
  });
  return incoming.complete;
}

function urlOf(incoming: NodeRequest): string {
  const scheme = (incoming.socket as { encrypted?: boolean }).encrypted ? 'https' : 'http';
  const target = incoming.originalUrl ?? incoming.url ?? '/';
  // A proxy may send a whole URL.
  if (!target.startsWith('/')) return new URL(target).href;
  return `${scheme}://${incoming.headers.host ?? 'localhost'}${target}`;
}

/** The body as a web stream. Unlike the async iterator of Node, it leaves the socket open when the reader stops early. */
function streamOf(incoming: IncomingMessage): ReadableStream<Uint8Array> {
  let detach = (): void => {};
  return new ReadableStream<Uint8Array>({
    start(controller) {
      const add = (chunk: Uint8Array): void => {
        controller.enqueue(chunk);
        if ((controller.desiredSize ?? 0) <= 0) incoming.pause();
      };
      const end = (): void => {
        detach();
        controller.close();
      };
      const fail = (): void => {
        detach();
        controller.error(new Error('The client left.'));
      };
      detach = () => incoming.off('data', add).off('end', end).off('error', fail).off('close', fail);
      incoming.on('data', add).on('end', end).on('error', fail).on('close', fail);
    },
    pull() {
      incoming.resume();
    },
    cancel() {
      detach();
      incoming.pause();
    },
  });
}
