import { MAX_CLOSE_REASON_BYTES } from './native-socket.js';
import type { SendArguments } from './socket-driver.js';

const TOKEN_PATTERN = /^[!#$%&'*+\-.^_`|~\dA-Za-z]+$/;

function readProtocols(argument: unknown): string[] {
  if (argument === undefined) return [];
  if (typeof argument !== 'object' || argument === null) return [String(argument)];
  if (Symbol.iterator in argument) return Array.from(argument as Iterable<unknown>, String);
  // Node accepts an options object, which only the native constructor can check.
  const { protocols } = argument as { protocols?: unknown };
  return protocols === undefined ? [] : readProtocols(protocols);
}

function throwSyntaxError(message: string): never {
  throw new DOMException(message, 'SyntaxError');
}

/** Checks and parses the constructor arguments, as the native constructor does. */
export function readConstructorArguments(args: readonly unknown[]): { url: string; protocols: string[] } {
  if (args.length === 0)
    throw new TypeError("Failed to construct 'WebSocket': 1 argument required, but only 0 present.");
  const text = String(args[0]);
  const { location } = globalThis as { location?: { href: string } };
  let url: URL;
  try {
    url = new URL(text, location?.href);
  } catch {
    throwSyntaxError(`The URL '${text}' is invalid.`);
  }
  const { protocol, hash } = url;
  if (protocol === 'http:' || protocol === 'https:') url = new URL(url.href.replace('http', 'ws'));
  else if (protocol !== 'ws:' && protocol !== 'wss:')
    throwSyntaxError(`The URL's scheme must be either 'http', 'https', 'ws', or 'wss'. '${protocol}' is not allowed.`);
  if (hash !== '' || url.href.endsWith('#')) throwSyntaxError('The URL contains a fragment identifier.');
  const protocols = readProtocols(args[1]);
  for (const [i, name] of protocols.entries()) {
    if (!TOKEN_PATTERN.test(name)) throwSyntaxError(`The subprotocol '${name}' is invalid.`);
    if (protocols.findIndex((other) => other.toLowerCase() === name.toLowerCase()) !== i)
      throwSyntaxError(`The subprotocol '${name}' is duplicated.`);
  }
  return { url: url.href, protocols };
}

/** Checks the arguments of `close`, as the native method does. */
export function checkCloseArguments(code: unknown, reason: unknown): void {
  if (code !== undefined && code !== 1000 && !(Number(code) >= 3000 && Number(code) <= 4999))
    throw new DOMException(
      `The close code must be either 1000, or between 3000 and 4999. ${String(code)} is neither.`,
      'InvalidAccessError',
    );
  if (reason !== undefined && new TextEncoder().encode(String(reason)).length > MAX_CLOSE_REASON_BYTES)
    throwSyntaxError(`The close reason must not be greater than ${MAX_CLOSE_REASON_BYTES} UTF-8 bytes.`);
}

/** Parses the arguments of `send`, as the native method does. */
export function readSendArguments(args: readonly unknown[]): SendArguments {
  if (args.length === 0)
    throw new TypeError("Failed to execute 'send' on 'WebSocket': 1 argument required, but only 0 present.");
  const [data] = args;
  const isBinary = data instanceof ArrayBuffer || ArrayBuffer.isView(data) || data instanceof Blob;
  return { data: isBinary ? data : String(data) };
}
