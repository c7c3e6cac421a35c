import { CONNECTING } from '../native/native-socket.js';
import { connections, getConnection } from './connections.js';

type Method = 'ping' | 'pong' | 'pause' | 'resume';

/** Members that replace the native ones on every guarded socket. */
export const commonMembers: Record<string, unknown> & ThisType<object> = {
  get url() {
    return getConnection(this).nativeOrPlaceholder.url;
  },
  get readyState() {
    return getConnection(this).readyState;
  },
  get bufferedAmount() {
    return getConnection(this).totalBufferedAmount;
  },
  get protocol() {
    return getConnection(this).protocol;
  },
  get extensions() {
    return getConnection(this).nativeOrPlaceholder.extensions;
  },
  get binaryType() {
    return getConnection(this).binaryType;
  },
  set binaryType(type: string) {
    getConnection(this).binaryType = type;
  },
  close(code?: number, reason?: unknown) {
    getConnection(this).close(code, reason);
  },
  send(...args: unknown[]) {
    getConnection(this).sendMessage(args);
  },
};

/** Further members of event emitters. */
export const emitterMembers: Record<string, unknown> & ThisType<object> = {
  get isPaused() {
    return (getConnection(this).native as { isPaused?: boolean } | undefined)?.isPaused ?? false;
  },
  terminate() {
    getConnection(this).terminate();
  },
};
for (const name of ['ping', 'pong'] as Method[])
  emitterMembers[name] = function (this: object, ...args: unknown[]): void {
    const connection = getConnection(this);
    if (connection.readyState === CONNECTING) throw connection.dependencies.driver.createNotOpenError();
    (connection.nativeOrPlaceholder as unknown as Record<Method, (...args: unknown[]) => void>)[name](...args);
  };
for (const name of ['pause', 'resume'] as Method[])
  emitterMembers[name] = function (this: object): void {
    const connection = getConnection(this);
    if (connection.readyState !== CONNECTING)
      (connection.native as Partial<Record<Method, () => void>> | undefined)?.[name]?.();
  };
// Properties that `ws` reads in its events and in createWebSocketStream.
for (const name of ['_closeFrameReceived', '_closeFrameSent', '_socket', '_receiver', '_sender', '_readyState'])
  Object.defineProperty(emitterMembers, name, {
    configurable: true,
    get(this: object) {
      return (connections.get(this)?.native as unknown as Record<string, unknown> | undefined)?.[name];
    },
  });

/** Further members of event targets: `onopen` and the other handlers. */
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
      const next = typeof listener === 'function' ? listener : null;
      const existing = handlers.get(this);
      if (existing) {
        // The handler keeps its position among the listeners.
        existing.listener = next;
        return;
      }
      if (!next) return;
      const handler: Handler = { listener: next };
      handlers.set(this, handler);
      (this as EventTarget).addEventListener(name, (event) => {
        if (typeof handler.listener === 'function') handler.listener.call(this, event);
      });
    },
  });
}
