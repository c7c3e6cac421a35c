import { answered, failed, networkFailure, type Outcome, type ReadHeader } from '@holdline/core';
import { bytesOf } from '../frames/bytes.js';
import type { FrameData } from '../frames/options.js';
import { ClosedEarly } from '../handshakes/handshakes.js';
import {
  CLOSING,
  CONNECTING,
  headerPairs,
  LONGEST_REASON,
  protocolCredential,
  type EventArgs,
  type Flavour,
  type NativeSocket,
  type Template,
  type WebSocketClass,
} from './flavour.js';

/** What is used of Node's event emitters. */
export interface Emitter {
  on(name: string, listener: (...args: unknown[]) => void): unknown;
  emit(name: string, ...args: unknown[]): boolean;
  listenerCount(name: string): number;
}

interface Response {
  readonly statusCode: number;
  readonly headers: Record<string, string | string[] | undefined>;
}

const NAMES = ['open', 'message', 'error', 'close', 'ping', 'pong', 'upgrade', 'unexpected-response'];
/** Who listens to this changes what the native socket does. */
const REDIRECT = 'redirect';

/** Headers of an answer to a handshake. */
export function headersOf(response: unknown): ReadHeader {
  const { headers } = response as Response;
  return (name) => {
    const value = headers[name];
    return Array.isArray(value) ? value.join(', ') : value;
  };
}

/** What a refused handshake is told as, in the words of `ws`. */
export function refusalOf(response: unknown): Outcome {
  const { statusCode: status } = response as Response;
  const error = new Error(`Unexpected server response: ${status}`);
  return answered(error, { status, header: headersOf(response), threw: true });
}

/** Arguments of the constructor with other options. */
function withOptions(args: readonly unknown[], change: object): unknown[] {
  const [url, protocols, options] = args;
  const swapped = typeof protocols === 'object' && protocols !== null && !Array.isArray(protocols);
  return swapped ? [url, { ...protocols, ...change }] : [url, protocols, { ...(options as object), ...change }];
}

/** The options among the arguments of the constructor. */
function optionsOf([, protocols, options]: readonly unknown[]): Record<string, unknown> {
  const swapped = typeof protocols === 'object' && protocols !== null && !Array.isArray(protocols);
  return ((swapped ? protocols : options) ?? {}) as Record<string, unknown>;
}

function protocolsOf([, protocols, options]: readonly unknown[]): string[] {
  if (typeof protocols === 'string') return [protocols];
  if (Array.isArray(protocols)) return protocols as string[];
  const { protocols: named = [] } = (protocols ?? options ?? {}) as { protocols?: string | string[] };
  return Array.isArray(named) ? named : [named];
}

/** The native constructor itself, on a connection that is never made: who else would know what it throws, and answers? */
function inert(Native: WebSocketClass, args: readonly unknown[]): NativeSocket & Emitter {
  const nowhere = { agent: undefined, createConnection: () => undefined, finishRequest: () => undefined };
  const socket = new Native(...withOptions(args, nowhere)) as NativeSocket & Emitter;
  socket.on('error', () => undefined);
  socket.terminate?.();
  return socket;
}

/** A URL of which nothing can be wrong, as the native class writes it. */
function plainUrl(given: unknown): string | undefined {
  try {
    const { href, protocol, hash } = new URL(given as string);
    return /^(ws|http)s?:$/.test(protocol) && hash === '' && !href.endsWith('#')
      ? href.replace(/^http/, 'ws')
      : undefined;
  } catch {
    return undefined;
  }
}

/** Stands for a socket until there is a native one. An inert one costs as much as a request, and is seldom asked for anything. */
class EmitterTemplate implements Template {
  readonly protocol = '';
  readonly extensions = '';
  #made: NativeSocket | undefined = undefined;

  constructor(
    readonly url: string,
    private readonly make: () => NativeSocket,
  ) {}

  get binaryType(): string {
    return this.#native.binaryType;
  }

  set binaryType(type: string) {
    this.#native.binaryType = type;
  }

  get bufferedAmount(): number {
    return this.#made?.bufferedAmount ?? 0;
  }

  send(...args: unknown[]): void {
    this.#native.send(...args);
  }

  ping(...args: unknown[]): void {
    this.#native.ping?.(...args);
  }

  pong(...args: unknown[]): void {
    this.#native.pong?.(...args);
  }

  get #native(): NativeSocket {
    return (this.#made ??= this.make());
  }
}

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

/** Whether a class is an event emitter. */
export function isEmitterClass({ prototype }: WebSocketClass): boolean {
  const { on, emit } = prototype as Partial<Emitter>;
  return typeof on === 'function' && typeof emit === 'function';
}
