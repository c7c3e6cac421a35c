import type { WebSocketClass } from './native-socket.js';

/** The part of Node's event emitters that this package uses. */
export interface Emitter {
  on(name: string, listener: (...args: unknown[]) => void): unknown;
  emit(name: string, ...args: unknown[]): boolean;
  listenerCount(name: string): number;
}

export function isEmitterClass({ prototype }: WebSocketClass): boolean {
  const { on, emit } = prototype as Partial<Emitter>;
  return typeof on === 'function' && typeof emit === 'function';
}
