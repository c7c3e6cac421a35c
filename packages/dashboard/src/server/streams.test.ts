import { connect, type Socket } from 'node:net';
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { VirtualClock } from '@holdline/core/testing';
import { expect, it, onTestFinished } from 'vitest';
import { lineWith, serve } from '../dashboard.fixture.js';
import { HEARTBEAT_MS, MAX_STREAMS, SLOW_READER_MS, Streams } from './streams.js';

const WHOLE = 'data: whole\n\n';

/** Streams on a real server. A reader of `/` is a stream. */
async function startStreams(): Promise<{
  streams: Streams;
  clock: VirtualClock;
  read(): Promise<Socket>;
  responses: ServerResponse[];
}> {
  const clock = new VirtualClock();
  const streams = new Streams(() => WHOLE, clock);
  const responses: ServerResponse[] = [];
  const server = createServer((_, response) => {
    response.writeHead(200, { 'Content-Type': 'text/event-stream' });
    responses.push(response);
    streams.open(response, WHOLE);
    server.emit('opened');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return {
    streams,
    clock,
    responses,
    async read() {
      const opened = once(server, 'opened');
      const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
      socket.on('error', () => undefined);
      onTestFinished(() => void socket.destroy());
      socket.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n');
      await opened;
      return socket;
    },
  };
}

it('a reader that takes nothing is dropped, its buffer stays small, and another reader gets everything', async () => {
  const { streams, clock, read, responses } = await startStreams();
  const slow = await read();
  slow.pause();
  const fast = await read();
  let heard = '';
  fast.on('data', (chunk: Buffer) => (heard += chunk.toString('latin1')));
  const [response] = responses as [ServerResponse];
  const message = `data: ${'x'.repeat(64_000)}\n\n`;
  // The kernel takes some megabytes for the slow reader. Then its response is full.
  for (let i = 0; i < 1_000 && !response.writableNeedDrain; i++) {
    streams.publish(message);
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect(response.writableNeedDrain).toBe(true);
  const full = response.writableLength;
  for (let i = 0; i < 100; i++) streams.publish(message);
  expect(response.writableLength).toBeLessThanOrEqual(full);
  const closed = once(response, 'close');
  await clock.advance(SLOW_READER_MS + HEARTBEAT_MS);
  await closed;
  expect(streams.size).toBe(1);
  streams.publish('data: last\n\n');
  while (!heard.includes('data: last')) await once(fast, 'data');
});

it('a reader that reads again gets the whole state instead of what was left out', async () => {
  const { streams, read, responses } = await startStreams();
  const socket = await read();
  socket.pause();
  const [response] = responses as [ServerResponse];
  for (let i = 0; i < 1_000 && !response.writableNeedDrain; i++) {
    streams.publish(`data: ${'x'.repeat(64_000)}\n\n`);
    await new Promise((resolve) => setImmediate(resolve));
  }
  streams.publish('data: left out\n\n');
  let heard = '';
  socket.on('data', (chunk: Buffer) => (heard = (heard + chunk.toString('latin1')).slice(-200)));
  socket.resume();
  while (!heard.includes(WHOLE)) await once(socket, 'data');
  expect(heard).not.toContain('left out');
});

it('a message that is larger than the buffer of Node is sent once', async () => {
  const { streams, read } = await startStreams();
  const socket = await read();
  let heard = '';
  socket.on('data', (chunk: Buffer) => (heard += chunk.toString('latin1')));
  streams.publish(`data: ${'x'.repeat(100_000)}\n\n`);
  while (!heard.endsWith('x\n\n\r\n')) await once(socket, 'data');
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
  streams.publish('data: next\n\n');
  while (!heard.includes('data: next')) await once(socket, 'data');
  expect(heard.split(WHOLE)).toHaveLength(2);
});

it('a silent stream gets a sign of life, and an unused one has no timer', async () => {
  const { clock, read } = await startStreams();
  expect(clock.pending).toBe(0);
  const socket = await read();
  let heard = '';
  socket.on('data', (chunk: Buffer) => (heard += chunk.toString()));
  await clock.advance(HEARTBEAT_MS);
  while (!heard.includes('event: alive')) await once(socket, 'data');
});

it('the dashboard refuses more than its number of streams, and ends all when it closes', async () => {
  const { line } = lineWith({}, () => ({ status: 200 }));
  const served = await serve(line);
  const streams = await Promise.all(Array.from({ length: MAX_STREAMS }, () => fetch(`${served.url}api/stream`)));
  expect(new Set(streams.map(({ status }) => status))).toEqual(new Set([200]));
  const refused = await fetch(`${served.url}api/stream`);
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '10']);
  const ends = streams.map((stream) => stream.text().catch(() => 'cut off'));
  await served.close();
  const texts = await Promise.all(ends);
  for (const text of texts) expect(text).toMatch(/event: state|cut off/);
  await expect(fetch(served.url)).rejects.toThrow();
});
