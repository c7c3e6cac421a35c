import { ConfigError } from '@holdline/core';
import { Connection, type Guard } from './connection.js';
import type { Frames } from './frames/frames.js';
import { isEmitterClass } from './native/emitter.js';
import { CONNECTING, type WebSocketClass } from './native/flavour.js';

const connections = new WeakMap<object, Connection>();

function connectionOf(socket: object): Connection {
  const connection = connections.get(socket);
  if (!connection) throw new TypeError('Illegal invocation');
  return connection;
}

/**
 * The frames of a guarded socket: what is sent, what waits, and what was given up.
 *
 * @throws ConfigError if it is not guarded, or `frames` is `false`.
 * @example
 * ```ts
 * import { framesOf, guardWebSocket } from '@holdline/websocket';
 * import WebSocket from 'ws';
 *
 * const socket = new (guardWebSocket(WebSocket))('wss://streaming.example.com/channels/1');
 * socket.on('open', async () => {
 *   const frames = framesOf(socket);
 *   frames.on('unsent', ({ frames, error }) => console.log(`${frames.length} frames given up: ${error.message}`));
 *   await frames.send('{"presence":"BUSY"}', { priority: 'interactive', key: 'presence' });
 *   if (!frames.writable) await new Promise<void>((resolve) => frames.on('drain', () => resolve()));
 * });
 * ```
 */
export function framesOf(socket: object): Frames {
  const frames = connections.get(socket)?.frames;
  if (!frames)
    throw new ConfigError('the argument of framesOf must be a socket of a guarded class that has its frames guarded');
  return frames;
}

type Method = 'ping' | 'pong' | 'pause' | 'resume';

/** What every guarded socket has in place of the native members. */
const members: Record<string, unknown> & ThisType<object> = {
  get url() {
    return connectionOf(this).shown.url;
  },
  get readyState() {
    return connectionOf(this).readyState;
  },
  get bufferedAmount() {
    return connectionOf(this).allBuffered;
  },
  get protocol() {
    return connectionOf(this).protocol;
  },
  get extensions() {
    return connectionOf(this).shown.extensions;
  },
  get binaryType() {
    return connectionOf(this).binaryType;
  },
  set binaryType(type: string) {
    connectionOf(this).binaryType = type;
  },
  close(code?: number, reason?: unknown) {
    connectionOf(this).close(code, reason);
  },
  send(...args: unknown[]) {
    connectionOf(this).sendFrame(args);
  },
};

/** Those of emitters. */
const emitterMembers: Record<string, unknown> & ThisType<object> = {
  get isPaused() {
    return (connectionOf(this).native as { isPaused?: boolean } | undefined)?.isPaused ?? false;
  },
  terminate() {
    connectionOf(this).terminate();
  },
};
for (const name of ['ping', 'pong'] as Method[])
  emitterMembers[name] = function (this: object, ...args: unknown[]): void {
    const connection = connectionOf(this);
    if (connection.readyState === CONNECTING) throw connection.guard.flavour.notOpenYet();
    (connection.shown as unknown as Record<Method, (...args: unknown[]) => void>)[name](...args);
  };
for (const name of ['pause', 'resume'] as Method[])
  emitterMembers[name] = function (this: object): void {
    const connection = connectionOf(this);
    if (connection.readyState !== CONNECTING)
      (connection.native as Partial<Record<Method, () => void>> | undefined)?.[name]?.();
  };
// What `ws` itself looks at from outside, in its events and in createWebSocketStream.
for (const name of ['_closeFrameReceived', '_closeFrameSent', '_socket', '_receiver', '_sender', '_readyState'])
  Object.defineProperty(emitterMembers, name, {
    configurable: true,
    get(this: object) {
      return (connections.get(this)?.native as unknown as Record<string, unknown> | undefined)?.[name];
    },
  });

/** The handlers of an event target: `onopen` and its like. */
const targetMembers: Record<string, unknown> = {};
for (const name of ['open', 'message', 'error', 'close']) {
  interface Handler {
    listener: unknown;
  }
  const handlers = new WeakMap<object, Handler>();
  Object.defineProperty(targetMembers, `on${name}`, {
    configurable: true,
    enumerable: true,
    get(this: object) {
      return handlers.get(this)?.listener ?? null;
    },
    set(this: object, listener: unknown) {
      const wanted = typeof listener === 'function' ? listener : null;
      const known = handlers.get(this);
      if (known) {
        // It keeps its place among the listeners.
        known.listener = wanted;
        return;
      }
      if (!wanted) return;
      const handler: Handler = { listener: wanted };
      handlers.set(this, handler);
      (this as EventTarget).addEventListener(name, (event) => {
        if (typeof handler.listener === 'function') handler.listener.call(this, event);
      });
    },
  });
}

/** The class at the root: an event target or emitter, which can be made without a connection. */
function rootOf(Native: WebSocketClass): WebSocketClass {
  let root = Native;
  for (let parent: unknown = root; parent !== Function.prototype; parent = Object.getPrototypeOf(parent) as unknown)
    root = parent as WebSocketClass;
  return root;
}

/**
 * Makes a class with the contract of the native one, whose instances are instances of that too.
 *
 * @param guard Asked at each construction; undefined: a native socket is made.
 */
export function makeGuardedClass<C extends WebSocketClass>(Native: C, guard: () => Guard | undefined): C {
  const Root = rootOf(Native);
  const Guarded = function (...args: unknown[]): object {
    if (!new.target) throw new TypeError("Class constructor WebSocket cannot be invoked without 'new'");
    const guarded = guard();
    if (!guarded) return Reflect.construct(Native, args) as object;
    const socket = Reflect.construct(Root, [], new.target) as object;
    connections.set(socket, new Connection(socket, args, guarded));
    return socket;
  };
  Object.defineProperties(Guarded, { name: { value: Native.name }, length: { value: Native.length } });
  // The statics of the native class are its own too.
  Object.setPrototypeOf(Guarded, Native);
  const own = isEmitterClass(Native) ? emitterMembers : targetMembers;
  const { prototype } = Native as { prototype: object };
  Guarded.prototype = Object.create(prototype, {
    ...constantsOf(prototype),
    ...handlersOf(prototype),
    ...visibleAs(prototype, members),
    ...visibleAs(prototype, own),
    constructor: { value: Guarded, configurable: true, writable: true },
  }) as object;
  return Object.defineProperties(Guarded, constantsOf(Native)) as unknown as C;
}

/** `OPEN` and its like, which some look for among the own properties of a class. */
function constantsOf(owner: object): PropertyDescriptorMap {
  return ownOf(owner, (name) => STATES.includes(name));
}

/** `onopen` and its like. */
function handlersOf(prototype: object): PropertyDescriptorMap {
  return ownOf(prototype, (name) => name.startsWith('on'));
}

const STATES = ['CONNECTING', 'OPEN', 'CLOSING', 'CLOSED'];

function ownOf(owner: object, isMeant: (name: string) => boolean): PropertyDescriptorMap {
  return Object.fromEntries(
    Object.entries(Object.getOwnPropertyDescriptors(owner)).filter(
      ([name, { get, value }]) => isMeant(name) && (get !== undefined || typeof value === 'number'),
    ),
  );
}

/** Members in place of native ones, that are enumerated where those are. */
function visibleAs(prototype: object, members: object): PropertyDescriptorMap {
  const descriptors: PropertyDescriptorMap = Object.getOwnPropertyDescriptors(members);
  for (const [name, descriptor] of Object.entries(descriptors)) {
    const native = Object.getOwnPropertyDescriptor(prototype, name);
    if (native) descriptor.enumerable = native.enumerable === true;
  }
  return descriptors;
}
