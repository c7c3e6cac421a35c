import { Problem } from '../contract/failure.js';
import type { AdapterUnderTest, Connection, ConnectOptions } from '../contract/types.js';
import type { ContractServer } from '../server/contract-server.js';
import { limitWait } from './wait-limit.js';

/** Lets real connections make progress. */
export function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 1));
}

/**
 * Calls a function of the author. Fails the case if the function does not settle.
 *
 * @param what - Name of the function, for the message.
 */
async function settle<T>(what: string, maxWaitMs: number, call: () => T | Promise<T>): Promise<T> {
  let isSettled = false;
  const running = (async () => call())().finally(() => (isSettled = true));
  // The case may have given up before the function rejects.
  running.catch(() => undefined);
  const isOver = limitWait(maxWaitMs);
  while (!isSettled) {
    if (isOver()) throw new Problem(`${what} did not settle within ${maxWaitMs / 1000} s.`);
    await pause();
  }
  return running;
}

/** As `settle`, for a function that must not fail. */
async function succeed<T>(what: string, maxWaitMs: number, call: () => T | Promise<T>): Promise<T> {
  try {
    return await settle(what, maxWaitMs, call);
  } catch (error) {
    throw error instanceof Problem ? error : new Problem(`${what} failed: ${String(error)}`, { cause: error });
  }
}

/** Connects a client. No function of the connection can stop a case for ever, and a mistake in one of them has a message of its own. */
export async function connectChecked(
  { connect }: Pick<AdapterUnderTest, 'connect'>,
  server: ContractServer,
  options: ConnectOptions,
  maxWaitMs: number,
): Promise<Connection<object>> {
  const connection = await succeed('connect()', maxWaitMs, () => connect(server, options));
  checkShape(connection);
  return {
    client: connection.client,
    call: (client, request) => connection.call(client, request),
    async read(result) {
      const read = await succeed('read() of the connection', maxWaitMs, () => connection.read(result));
      if (typeof read?.status !== 'number' || typeof read.text !== 'string')
        throw new Problem('read() of the connection must return an object with the number status and the string text.');
      return read;
    },
    ...(connection.onRequest && { onRequest: (listener) => connection.onRequest?.(listener) }),
    ...(connection.refuse && { refuse: (client) => connection.refuse?.(client) as Promise<unknown> }),
    close: () => succeed('close() of the connection', maxWaitMs, () => connection.close?.()),
  };
}

function checkShape(connection: Partial<Connection<object>> | undefined): void {
  const { client, call, read } = connection ?? {};
  const missing = [
    ...((typeof client === 'object' && client !== null) || typeof client === 'function' ? [] : ['client']),
    ...(typeof call === 'function' ? [] : ['call']),
    ...(typeof read === 'function' ? [] : ['read']),
  ];
  if (missing.length > 0)
    throw new Problem(`connect() must return an object with client, call and read. It lacks: ${missing.join(', ')}.`);
}
