import { failed, networkFailure, type Outcome } from '@holdline/core';
import { type FrameData, measureBytes } from '../frames/frame-data.js';
import { ClosedEarly } from '../handshakes/closed-early.js';
import {
  hasOptionsInsteadOfProtocols,
  mergeOptions,
  normalizePlainUrl,
  readOptions,
  readProtocols,
} from './emitter-arguments.js';
import { createInertSocket, EmitterPlaceholder } from './emitter-placeholder.js';
import type { Emitter } from './emitter.js';
import { readHeaderPairs, readProtocolCredentials } from './handshake-credentials.js';
import { CLOSING, CONNECTING, MAX_CLOSE_REASON_BYTES, STATE_NAMES } from './native-socket.js';
import type { EventArgs, SocketDriver } from './socket-driver.js';

const EVENT_NAMES = ['open', 'message', 'error', 'close', 'ping', 'pong', 'upgrade', 'unexpected-response'];
/** A listener of this event changes the behaviour of the native socket. */
const REDIRECT_EVENT = 'redirect';

/** Driver for event emitters such as the class of `ws`. */
export const emitterDriver: SocketDriver = {
  readyStateAtError: CLOSING,
  closesAfterError: true,

  parseArguments(Native, args) {
    const plain = args.length === 1 ? normalizePlainUrl(args[0]) : undefined;
    if (plain !== undefined)
      return { placeholder: new EmitterPlaceholder(plain, () => createInertSocket(Native, args)), protocols: [] };
    return { placeholder: createInertSocket(Native, args), protocols: readProtocols(args) };
  },

  readCredentials(args, protocols) {
    const options = readOptions(args);
    const { auth } = options;
    const basic = typeof auth === 'string' ? [['authorization', `Basic ${auth}`] as const] : [];
    return [...readHeaderPairs(options), ...basic, ...readProtocolCredentials(protocols)];
  },

  checkCloseArguments(code, reason, isOpen) {
    // `ws` ignores both arguments before the socket is open, and the reason if there is no code.
    if (!isOpen || code === undefined) return;
    if (!isCloseCode(code)) throw new TypeError('First argument must be a valid error code number');
    // `ws` reads the length of the reason without a check for null.
    if (reason === null) throw new TypeError("Cannot read properties of null (reading 'length')");
    const bytes = reason === undefined ? 0 : measureBytes(reason as FrameData);
    if (bytes > MAX_CLOSE_REASON_BYTES)
      throw new RangeError(`The message must not be greater than ${MAX_CLOSE_REASON_BYTES} bytes`);
  },

  readSendArguments([data, options, callback]) {
    const [sendOptions, done] = typeof options === 'function' ? [undefined, options] : [options, callback];
    // Like `ws`: missing data is an empty binary message.
    const normalized = typeof data === 'number' ? String(data) : data === '' ? data : data || new Uint8Array(0);
    return {
      data: normalized as FrameData,
      options: sendOptions,
      callback: typeof done === 'function' ? (done as (error?: Error) => void) : undefined,
    };
  },

  sendFrame(native, data, options, done) {
    native.send(data, options ?? {}, done);
  },

  sendOnClosedSocket(placeholder, args, state) {
    const { data, options, callback } = emitterDriver.readSendArguments(args);
    placeholder.send(data, options ?? {}, callback && ((): void => callback(createStateError(state))));
  },

  createNotOpenError: () => createStateError(CONNECTING),

  bindHooks(args, socket) {
    const { finishRequest } = readOptions(args);
    if (typeof finishRequest !== 'function') return args;
    const finish = finishRequest as (request: unknown, socket: object) => unknown;
    return mergeOptions(args, {
      finishRequest(this: unknown, request: unknown) {
        return finish.call(this, request, socket);
      },
    });
  },

  replaceProtocols: (args, protocols) =>
    hasOptionsInsteadOfProtocols(args) ? mergeOptions(args, { protocols }) : [args[0], protocols, args[2]],

  chunkBinaryType: 'nodebuffer',

  readBinaryMessage: ([data, isBinary]: EventArgs) => (isBinary ? (data as Uint8Array) : undefined),

  createMessageArgs(data, binaryType) {
    if (typeof data === 'string') return [toBuffer(new TextEncoder().encode(data)), false];
    const buffer = toBuffer(data);
    if (binaryType === 'arraybuffer') return [new Uint8Array(data).buffer, true];
    if (binaryType === 'blob') return [new Blob([new Uint8Array(data)]), true];
    return [binaryType === 'fragments' ? [buffer] : buffer, true];
  },

  forwardEvents(native, socket, handler) {
    const emitter = native as unknown as Emitter;
    const guarded = socket as Emitter;
    for (const name of EVENT_NAMES) emitter.on(name, (...args) => handler(name, args));
    const forwardRedirects = (): unknown => emitter.on(REDIRECT_EVENT, (...args) => handler(REDIRECT_EVENT, args));
    if (guarded.listenerCount(REDIRECT_EVENT) > 0) forwardRedirects();
    else
      guarded.on(
        'newListener',
        (name) => void (name === REDIRECT_EVENT && guarded.listenerCount(name) === 0 && forwardRedirects()),
      );
  },

  emit(socket, name, args) {
    (socket as Emitter).emit(name, ...args);
  },

  abortHandshake(native) {
    native.terminate?.();
  },

  describeFailure(error, close) {
    const cause = error?.[0] ?? new Error('WebSocket was closed before the connection was established');
    return { error: [cause], close, outcome: classifyFailure(cause) };
  },

  createErrorArgs: (error) => [error],

  createCloseArgs: (code, reason) => [code, toBuffer(new TextEncoder().encode(reason))],

  readCloseCode: ([code]: EventArgs) => code as number,
};

/** Error of `ws` for a socket that is not open. */
function createStateError(state: number): Error {
  return new Error(`WebSocket is not open: readyState ${state} (${STATE_NAMES[state] ?? ''})`);
}

/** Whether RFC 6455 §7.4 allows an endpoint to send this code. */
function isCloseCode(code: unknown): boolean {
  if (typeof code !== 'number') return false;
  return (
    (code >= 1000 && code <= 1014 && code !== 1004 && code !== 1005 && code !== 1006) || (code >= 3000 && code <= 4999)
  );
}

/** Node's emitters deliver bytes as a Buffer. */
function toBuffer(bytes: Uint8Array): Uint8Array {
  const { Buffer } = globalThis as {
    Buffer?: { from(bytes: ArrayBufferLike, offset: number, length: number): Uint8Array };
  };
  return Buffer?.from(bytes.buffer, bytes.byteOffset, bytes.byteLength) ?? bytes;
}

function classifyFailure(error: unknown): Outcome | ClosedEarly {
  const { code } = (error ?? {}) as { code?: unknown };
  if (networkFailure(error) === 'not-sent') return failed(error, 'not-sent');
  // A network error has a code. An error without a code concerns the response of the server or a timeout.
  if (typeof code === 'string') return new ClosedEarly(error);
  return failed(error, /timed out/.test(String((error as Error).message)) ? 'unknown' : 'rejected');
}
