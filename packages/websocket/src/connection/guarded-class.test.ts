import { VirtualClock } from '@holdline/core/testing';
import { expect, it } from 'vitest';
import { guardWebSocket } from '../index.js';
import { createFakeClass } from '../test-socket.js';

// Issue 13, d-ws-shape, for classes like the browser's. guarded-class.ws.test.ts covers `ws`.
function setup() {
  const clock = new VirtualClock();
  const { Native } = createFakeClass(clock, () => 'hang');
  return { Native, Guarded: guardWebSocket(Native, { handshakes: { poolSize: 1 }, clock }) };
}

it('has the constants of the native class as own properties', () => {
  const { Native, Guarded } = setup();
  expect(Object.keys(Guarded)).toEqual(Object.keys(Native));
  expect(Object.hasOwn(Guarded, 'OPEN')).toBe(true);
  for (const name of ['onopen', 'onmessage', 'onerror', 'onclose'])
    expect(Object.hasOwn(Guarded.prototype, name)).toBe(true);
});

it.each<[string, unknown, number]>([
  ['text', 'täxt', 5],
  ['bytes', new Uint8Array(3), 3],
  ['a buffer', new ArrayBuffer(7), 7],
  ['a Blob', new Blob(['four']), 4],
  ['nothing', undefined, 9],
])('counts data given to a closed socket in bufferedAmount, as browsers do: %s', (_, data, bytes) => {
  const { Guarded } = setup();
  const first = new Guarded('wss://api.test/');
  // This socket waits in the pool and has no native socket.
  const socket = new Guarded('wss://api.test/');
  socket.close();
  socket.send(data);
  expect(socket.bufferedAmount).toBe(bytes);
  socket.send('x');
  expect([socket.bufferedAmount, first.bufferedAmount]).toEqual([bytes + 1, 0]);
});
