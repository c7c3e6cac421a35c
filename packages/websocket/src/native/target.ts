import { failed, networkFailure } from '@holdline/core';
import { bytesOf } from '../frames/bytes.js';
import { ClosedEarly } from '../handshakes/handshakes.js';
import { CLOSED, headerPairs, LONGEST_REASON, protocolCredential } from './flavour.js';
import type { EventArgs, Flavour, Template } from './flavour.js';

const NAMES = ['open', 'message', 'error', 'close'];
const TOKEN = /^[!#$%&'*+\-.^_`|~\dA-Za-z]+$/;

type EventClass = new (type: string, init?: object) => Event;

/** Node 22 has no global one. */
class OwnCloseEvent extends Event {
  readonly code: number;
  readonly reason: string;
  readonly wasClean = false;

  constructor(type: string, { code = 0, reason = '' }: { code?: number; reason?: string } = {}) {
    super(type);
    this.code = code;
    this.reason = reason;
  }
}

/** Node 20 has neither. */
class OwnErrorEvent extends Event {
  readonly error: unknown;
  readonly message: string;

  constructor(type: string, { error, message = '' }: { error?: unknown; message?: string } = {}) {
    super(type);
    this.error = error;
    this.message = message;
  }
}

const globals = globalThis as { CloseEvent?: EventClass; ErrorEvent?: EventClass; location?: { href: string } };

/** An event of the native socket once more, to be dispatched at the guarded one. */
function copy(event: Event): Event {
  const again = new (event.constructor as EventClass)(event.type, event);
  // Polyfills write on plain events what theirs tell.
  for (const [key, value] of Object.entries(event)) if (key !== 'isTrusted') Object.assign(again, { [key]: value });
  return again;
}

function protocolsOf(given: unknown): string[] {
  if (given === undefined) return [];
  if (typeof given !== 'object' || given === null) return [String(given)];
  if (Symbol.iterator in given) return Array.from(given as Iterable<unknown>, String);
  // Node takes an object of options, which only its own constructor can check.
  const { protocols } = given as { protocols?: unknown };
  return protocols === undefined ? [] : protocolsOf(protocols);
}

function syntaxError(message: string): never {
  throw new DOMException(message, 'SyntaxError');
}

/** Classes like the browser's, which are event targets. */
export const targetFlavour: Flavour = {
  errorState: CLOSED,
  closesAfterError: false,

  prepare(_Native, args) {
    if (args.length === 0)
      throw new TypeError("Failed to construct 'WebSocket': 1 argument required, but only 0 present.");
    const text = String(args[0]);
    let url: URL;
    try {
      url = new URL(text, globals.location?.href);
    } catch {
      syntaxError(`The URL '${text}' is invalid.`);
    }
    const { protocol, hash } = url;
    if (protocol === 'http:' || protocol === 'https:') url = new URL(url.href.replace('http', 'ws'));
    else if (protocol !== 'ws:' && protocol !== 'wss:')
      syntaxError(`The URL's scheme must be either 'http', 'https', 'ws', or 'wss'. '${protocol}' is not allowed.`);
    if (hash !== '' || url.href.endsWith('#')) syntaxError('The URL contains a fragment identifier.');
    const protocols = protocolsOf(args[1]);
    for (const [i, name] of protocols.entries()) {
      if (!TOKEN.test(name)) syntaxError(`The subprotocol '${name}' is invalid.`);
      if (protocols.findIndex((other) => other.toLowerCase() === name.toLowerCase()) !== i)
        syntaxError(`The subprotocol '${name}' is duplicated.`);
    }
    return { template: new TargetTemplate(url.href), protocols };
  },

  credentialsOf: ([, options], protocols) => [...headerPairs(options), ...protocolCredential(protocols)],

  checkClose(code, reason) {
    if (code !== undefined && code !== 1000 && !(Number(code) >= 3000 && Number(code) <= 4999))
      throw new DOMException(
        `The close code must be either 1000, or between 3000 and 4999. ${String(code)} is neither.`,
        'InvalidAccessError',
      );
    if (reason !== undefined && new TextEncoder().encode(String(reason)).length > LONGEST_REASON)
      syntaxError(`The close reason must not be greater than ${LONGEST_REASON} UTF-8 bytes.`);
  },

  sendClosed: (template, args) => template.send(...args),

  notOpenYet: () =>
    new DOMException("Failed to execute 'send' on 'WebSocket': Still in CONNECTING state.", 'InvalidStateError'),

  // They have no hooks.
  forSocket: (args) => args,

  withProtocols([url, given], protocols) {
    const isOptions = typeof given === 'object' && given !== null && !(Symbol.iterator in given);
    return [url, isOptions ? { ...given, protocols } : protocols];
  },

  chunkType: 'arraybuffer',

  bytesOf([event]) {
    const { data } = event as MessageEvent<unknown>;
    return data instanceof ArrayBuffer ? new Uint8Array(data) : undefined;
  },

  messageArgs(data, binaryType, [event]) {
    const { origin } = event as MessageEvent;
    const bytes = typeof data === 'string' ? data : new Uint8Array(data).buffer;
    return [
      new MessageEvent('message', {
        data: typeof bytes !== 'string' && binaryType === 'blob' ? new Blob([bytes]) : bytes,
        origin,
      }),
    ];
  },

  hear(native, _socket, ear) {
    for (const name of NAMES) (native as unknown as EventTarget).addEventListener(name, (event) => ear(name, [event]));
  },

  emit(socket, _name, [event]) {
    // A native event is under way already, and only once.
    const own = (event as Event).eventPhase === 0 ? (event as Event) : copy(event as Event);
    (socket as EventTarget).dispatchEvent(own);
  },

  abort(native) {
    native.close();
  },

  failure(error, close) {
    const own = copy((error?.[0] as Event | undefined) ?? new Event('error'));
    const { error: cause } = own as { error?: unknown };
    const end = networkFailure(cause) === 'not-sent' ? failed(own, 'not-sent') : new ClosedEarly(own);
    return { error: [own], close: [copy(close[0] as Event)], end };
  },

  errorArgs(error) {
    const ErrorEventClass = globals.ErrorEvent ?? (OwnErrorEvent as EventClass);
    return [new ErrorEventClass('error', { error, message: error.message })];
  },

  closeArgs(code, reason) {
    const CloseEventClass = globals.CloseEvent ?? (OwnCloseEvent as EventClass);
    return [new CloseEventClass('close', { code, reason, wasClean: false })];
  },

  closeCode: ([event]: EventArgs) => (event as CloseEvent).code,

  readSend(args) {
    if (args.length === 0)
      throw new TypeError("Failed to execute 'send' on 'WebSocket': 1 argument required, but only 0 present.");
    const [data] = args;
    const isBinary = data instanceof ArrayBuffer || ArrayBuffer.isView(data) || data instanceof Blob;
    return { data: isBinary ? data : String(data) };
  },

  send(native, data, _options, done) {
    native.send(data);
    done();
  },
};

class TargetTemplate implements Template {
  readonly protocol = '';
  readonly extensions = '';
  #binaryType = 'blob';

  constructor(readonly url: string) {}

  bufferedAmount = 0;

  /** A closed socket counts what it is given, and swallows it. */
  send(...args: unknown[]): void {
    this.bufferedAmount += bytesOf(targetFlavour.readSend(args).data);
  }

  get binaryType(): string {
    return this.#binaryType;
  }

  set binaryType(type: string) {
    if (type === 'blob' || type === 'arraybuffer') this.#binaryType = type;
  }
}
