import type { WebSocketClass } from './native-socket.js';

/** What is used of Node's event emitters. */
export interface Emitter {
  on(name: string, listener: (...args: unknown[]) => void): unknown;
  emit(name: string, ...args: unknown[]): boolean;
  listenerCount(name: string): number;
}

/** Whether a class is an event emitter. */
export function isEmitterClass({ prototype }: WebSocketClass): boolean {
  const { on, emit } = prototype as Partial<Emitter>;
  return typeof on === 'function' && typeof emit === 'function';
}
