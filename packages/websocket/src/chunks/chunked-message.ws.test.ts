import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import WebSocket, { type WebSocket as Socket } from 'ws';
import { CHUNKS_SUFFIX, type FrameOptions, framesOf, guardWebSocket, Reassembler, splitMessage } from '../index.js';
import { nextEvent, startTestServer, type TestServer } from '../test-server.js';

// A server of `ws` that reassembles chunks and returns each message in chunks.
let server: TestServer;
let frames: number[];
let incomplete: number;
beforeEach(async () => {
  server = await startTestServer({
    handleProtocols: (offered) => [...offered].find((name) => name.endsWith(CHUNKS_SUFFIX)) ?? [...offered][0] ?? false,
  });
  frames = [];
  incomplete = 0;
  server.onConnection = (peer: Socket) => {
    const reassembler = new Reassembler();
    let id = 0;
    peer.on('message', (data: Buffer, isBinary) => {
      frames.push(data.length);
      if (!isBinary || !Reassembler.isChunk(data)) return peer.send(data, { binary: isBinary });
      const message = reassembler.push(data);
      if (message !== undefined) for (const chunk of splitMessage(message, id++)) peer.send(chunk);
    });
    peer.on('close', () => (incomplete += reassembler.close().length));
  };
});
afterEach(() => server.stop());

async function connect(options: FrameOptions = { chunks: 'always' }, protocols: string[] = []) {
  const Class = guardWebSocket(WebSocket, { frames: options });
  const socket = new Class(server.url, protocols);
  await nextEvent(socket, 'open');
  return socket;
}

const bytes = (length: number): Buffer => Buffer.alloc(length, 'abc');

describe('messages in chunks', () => {
  it('travel both ways unchanged: text and bytes, large and small', async () => {
    const socket = await connect();
    for (const data of ['', 'small', 'ä'.repeat(20_000), bytes(16_384), bytes(16_385), bytes(3_000_000)]) {
      const answer = nextEvent(socket, 'message');
      await framesOf(socket).send(data);
      const [got, isBinary] = await answer;
      expect(isBinary).toBe(typeof data !== 'string');
      expect((got as Buffer).equals(Buffer.from(data as string))).toBe(true);
    }
    expect(Math.max(...frames)).toBe(16_384 + 28);
    socket.close();
  });

  it('deliver a message that looks like a chunk unchanged', async () => {
    const socket = await connect();
    const disguised = Buffer.from('HLC1, but a message');
    const answer = nextEvent(socket, 'message');
    socket.send(disguised);
    expect((await answer)[0].equals(disguised)).toBe(true);
    socket.close();
  });

  it('deliver bytes with the binaryType of the caller', async () => {
    const socket = await connect();
    socket.binaryType = 'arraybuffer';
    expect(socket.binaryType).toBe('arraybuffer');
    for (const length of [10, 40_000]) {
      const event = new Promise<{ data: unknown }>((resolve) =>
        socket.addEventListener('message', resolve, { once: true }),
      );
      socket.send(bytes(length));
      const { data } = await event;
      expect(data).toBeInstanceOf(ArrayBuffer);
      expect(Buffer.from(data as ArrayBuffer).equals(bytes(length))).toBe(true);
    }
    socket.close();
  });

  it('let a frame of higher priority pass between the chunks of a large message', async () => {
    const socket = await connect({ chunks: 'always', quotas: [{ limit: 2, windowMs: 20 }] });
    const got: number[] = [];
    socket.on('message', (data: Buffer) => got.push(data.length));
    const large = framesOf(socket).send(bytes(200_000));
    await framesOf(socket).send('urgent', { priority: 'high' });
    await large;
    await expect.poll(() => got).toEqual([6, 200_000]);
    socket.close();
  });

  it('report a message cut off by a local close as unsent here and as incomplete at the peer', async () => {
    const socket = await connect({ chunks: 'always', quotas: [{ limit: 2, windowMs: 60_000 }] });
    const sent = framesOf(socket).send(bytes(200_000));
    await expect.poll(() => frames.length).toBe(2);
    socket.terminate();
    await expect(sent).rejects.toMatchObject({ code: 'HOLDLINE_NOT_SENT' });
    await expect.poll(() => incomplete).toBe(1);
  });

  it('report a message that the peer cuts off as incomplete, and never deliver a part of it', async () => {
    const socket = await connect();
    const seen: unknown[] = [];
    socket.on('message', (data) => seen.push(data));
    framesOf(socket).on('incomplete', ({ messages }) => seen.push(messages));
    const [peer] = server.sockets;
    for (const chunk of [...splitMessage(bytes(100_000), 9)].slice(0, 3)) peer!.send(chunk);
    peer!.close(1001);
    await nextEvent(socket, 'close');
    expect(seen).toEqual([[{ received: 3 * 16_384, total: 100_000 }]]);
  });

  it('end the session with an error after an invalid chunk, like any protocol violation', async () => {
    const socket = await connect();
    const [peer] = server.sockets;
    const closed = nextEvent(peer!, 'close');
    peer!.send([...splitMessage(bytes(100_000), 9)][1]!);
    const [error] = await nextEvent(socket, 'error');
    expect(error).toMatchObject({ code: 'HOLDLINE_CHUNK', name: 'ChunkError' });
    expect((await closed)[0]).toBe(4002);
  });
});

describe('agreement on chunks', () => {
  it('follows from the subprotocol that the peer selects', async () => {
    const socket = await connect({ chunks: 'negotiated' }, ['xmpp']);
    expect(socket.protocol).toBe('xmpp');
    await framesOf(socket).send(bytes(40_000));
    await expect.poll(() => frames.length).toBe(3);
    socket.close();
  });

  it('is missing for a peer without chunks, which receives whole frames', async () => {
    await server.stop();
    server = await startTestServer();
    server.onConnection = (peer) => peer.on('message', (data: Buffer) => frames.push(data.length));
    const socket = await connect({ chunks: 'negotiated' }, ['xmpp', 'other']);
    expect(socket.protocol).toBe('xmpp');
    await framesOf(socket).send(bytes(40_000));
    await expect.poll(() => frames).toEqual([40_000]);
    socket.close();
  });

  it('is not offered without a subprotocol of the caller', async () => {
    const socket = await connect({ chunks: 'negotiated' });
    expect(socket.protocol).toBe('');
    await framesOf(socket).send(bytes(40_000));
    await expect.poll(() => frames).toEqual([40_000]);
    socket.close();
  });
});
