import { CONNECTING } from '../native/native-socket.js';
import { connectionOf, connections } from './connections.js';

type Method = 'ping' | 'pong' | 'pause' | 'resume';

/** What every guarded socket has in place of the native members. */
export const members: Record<string, unknown> & ThisType<object> = {
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
export const emitterMembers: Record<string, unknown> & ThisType<object> = {
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
export const targetMembers: Record<string, unknown> = {};
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
