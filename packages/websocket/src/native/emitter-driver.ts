import { failed, networkFailure, type Outcome } from '@holdline/core';
import { bytesOf, type FrameData } from '../frames/frame-data.js';
import { ClosedEarly } from '../handshakes/closed-early.js';
import type { Emitter } from './emitter.js';
import { optionsOf, plainUrl, protocolsOf, withOptions } from './emitter-arguments.js';
import { EmitterTemplate, inert } from './emitter-placeholder.js';
import type { EventArgs, Flavour } from './flavour.js';
import { headerPairs, protocolCredential } from './handshake-credentials.js';
import { CLOSING, CONNECTING, LONGEST_REASON } from './native-socket.js';

const NAMES = ['open', 'message', 'error', 'close', 'ping', 'pong', 'upgrade', 'unexpected-response'];
/** Who listens to this changes what the native socket does. */
const REDIRECT = 'redirect';

/** Classes like that of `ws`, which are event emitters. */
export const emitterFlavour: Flavour = {
  errorState: CLOSING,
  closesAfterError: true,

  prepare(Native, args) {
    const plain = args.length === 1 ? plainUrl(args[0]) : undefined;
    if (plain !== undefined) return { template: new EmitterTemplate(plain, () => inert(Native, args)), protocols: [] };
    return { template: inert(Native, args), protocols: protocolsOf(args) };
  },

  credentialsOf([, second, third], protocols) {
    const options = typeof second === 'object' && second !== null && !Array.isArray(second) ? second : third;
    const { auth } = (options ?? {}) as { auth?: unknown };
    const basic = typeof auth === 'string' ? [['authorization', `Basic ${auth}`] as const] : [];
    return [...headerPairs(options), ...basic, ...protocolCredential(protocols)];
  },

  checkClose(code, reason, isOpen) {
    // Before it is open it does not look at them, and without a code at no reason.
    if (!isOpen || code === undefined) return;
    if (!isCloseCode(code)) throw new TypeError('First argument must be a valid error code number');
    // That of `ws` reads its length before it looks at it.
    if (reason === null) throw new TypeError("Cannot read properties of null (reading 'length')");
    const bytes = reason === undefined ? 0 : bytesOf(reason as FrameData);
    if (bytes > LONGEST_REASON) throw new RangeError(`The message must not be greater than ${LONGEST_REASON} bytes`);
  },

  readSend([data, options, callback]) {
    const [said, told] = typeof options === 'function' ? [undefined, options] : [options, callback];
    // As that of `ws` reads it: nothing is a binary message without bytes.
    const given = typeof data === 'number' ? String(data) : data === '' ? data : data || new Uint8Array(0);
    return {
      data: given as FrameData,
      options: said,
      callback: typeof told === 'function' ? (told as (error?: Error) => void) : undefined,
    };
  },

  send(native, data, options, done) {
    native.send(data, options ?? {}, done);
  },

  sendClosed(template, args, state) {
    const { data, options, callback } = emitterFlavour.readSend(args);
    template.send(data, options ?? {}, callback && ((): void => callback(notOpen(state))));
  },

  notOpenYet: () => notOpen(CONNECTING),

  forSocket(args, socket) {
    const { finishRequest } = optionsOf(args);
    if (typeof finishRequest !== 'function') return args;
    const finish = finishRequest as (request: unknown, socket: object) => unknown;
    return withOptions(args, {
      finishRequest(this: unknown, request: unknown) {
        return finish.call(this, request, socket);
      },
    });
  },

  withProtocols: (args, protocols) =>
    typeof args[1] === 'object' && args[1] !== null && !Array.isArray(args[1])
      ? withOptions(args, { protocols })
      : [args[0], protocols, args[2]],

  chunkType: 'nodebuffer',

  bytesOf: ([data, isBinary]: EventArgs) => (isBinary ? (data as Uint8Array) : undefined),

  messageArgs(data, binaryType) {
    if (typeof data === 'string') return [bufferOf(new TextEncoder().encode(data)), false];
    const buffer = bufferOf(data);
    if (binaryType === 'arraybuffer') return [new Uint8Array(data).buffer, true];
    if (binaryType === 'blob') return [new Blob([new Uint8Array(data)]), true];
    return [binaryType === 'fragments' ? [buffer] : buffer, true];
  },

  hear(native, socket, ear) {
    const emitter = native as unknown as Emitter;
    const own = socket as Emitter;
    for (const name of NAMES) emitter.on(name, (...args) => ear(name, args));
    const hearRedirects = (): unknown => emitter.on(REDIRECT, (...args) => ear(REDIRECT, args));
    if (own.listenerCount(REDIRECT) > 0) hearRedirects();
    else own.on('newListener', (name) => void (name === REDIRECT && own.listenerCount(name) === 0 && hearRedirects()));
  },

  emit(socket, name, args) {
    (socket as Emitter).emit(name, ...args);
  },

  abort(native) {
    native.terminate?.();
  },

  failure(error, close) {
    const cause = error?.[0] ?? new Error('WebSocket was closed before the connection was established');
    return { error: [cause], close, end: endOf(cause) };
  },

  errorArgs: (error) => [error],

  closeArgs: (code, reason) => [code, bufferOf(new TextEncoder().encode(reason))],

  closeCode: ([code]: EventArgs) => code as number,
};

/** As that of `ws` says it. */
function notOpen(state: number): Error {
  return new Error(`WebSocket is not open: readyState ${state} (${STATES[state] ?? ''})`);
}

const STATES = ['CONNECTING', 'OPEN', 'CLOSING', 'CLOSED'];

/** What RFC 6455 §7.4 allows to be sent. */
function isCloseCode(n: unknown): boolean {
  if (typeof n !== 'number') return false;
  return (n >= 1000 && n <= 1014 && n !== 1004 && n !== 1005 && n !== 1006) || (n >= 3000 && n <= 4999);
}

/** Bytes as the emitters of Node tell them. */
function bufferOf(bytes: Uint8Array): Uint8Array {
  const { Buffer } = globalThis as {
    Buffer?: { from(bytes: ArrayBufferLike, offset: number, length: number): Uint8Array };
  };
  return Buffer?.from(bytes.buffer, bytes.byteOffset, bytes.byteLength) ?? bytes;
}

function endOf(error: unknown): Outcome | ClosedEarly {
  const { code } = (error ?? {}) as { code?: unknown };
  if (networkFailure(error) === 'not-sent') return failed(error, 'not-sent');
  // A network error has a code. What has none is about what the server answered, or took too long to.
  if (typeof code === 'string') return new ClosedEarly(error);
  return failed(error, /timed out/.test(String((error as Error).message)) ? 'unknown' : 'rejected');
}
