import { type DeadFrame, type DeadLetterOptions, holdlineOf, memoryStore, withCall } from '@holdline/core';
import { seededRandom, VirtualClock } from '@holdline/core/testing';
import { describe, expect, it } from 'vitest';
import { type FrameOptions, framesOf, guardWebSocket } from '../index.js';
import { createFakeClass } from '../test-socket.js';

const URL = 'wss://example.com/channels/1';
const key = new Uint8Array(32).fill(7);
const slow: FrameOptions = { quotas: [{ limit: 1, windowMs: 1_000 }] };

function setUp(frames: FrameOptions = slow, deadLetters: DeadLetterOptions | false = { key }) {
  const clock = new VirtualClock();
  const { Native, open } = createFakeClass(clock);
  const store = memoryStore({ clock });
  const Guarded = guardWebSocket(Native, { frames, store, deadLetters, clock, random: seededRandom(1) });
  const connect = async (url = URL, protocols: string[] = []) => {
    const socket = new Guarded(url, protocols);
    await clock.advance(100);
    const native = [...open].at(-1)!;
    const ends: Record<string, unknown> = {};
    const send = (data: string | Uint8Array | Blob, context = {}): void =>
      void framesOf(socket)
        .send(data, context)
        .then(
          (fate) => (ends[String(data)] = fate),
          (error: { code: string }) => (ends[String(data)] = error.code),
        );
    return { socket, native, send, ends, frames: framesOf(socket) };
  };
  const deadLetterQueue = holdlineOf(Guarded)!.deadLetters;
  const listLetters = async () => (await deadLetterQueue.list()).letters as readonly DeadFrame[];
  /** Replays on the virtual clock. */
  const replay = async (options = {}) => {
    let report: Awaited<ReturnType<typeof deadLetterQueue.replay>> | undefined;
    void deadLetterQueue.replay(options).then((done) => (report = done));
    while (!report) {
      await new Promise((resolve) => setTimeout(resolve, 1));
      await clock.advance(100);
    }
    return report;
  };
  return { clock, store, deadLetterQueue, connect, listLetters, replay };
}

describe('unsent frames', () => {
  it('of a closed socket are stored with encrypted data, and replayed in order on the next socket', async () => {
    const { connect, listLetters, replay, store } = setUp();
    const first = await connect();
    first.send('now');
    for (const data of ['one', 'two', 'three']) first.send(`secret ${data}`);
    first.send(new TextEncoder().encode('bytes'));
    first.native.end(1006);
    const kept = await listLetters();
    expect(kept.map(({ kind, client, url, reason, binary }) => ({ kind, client, url, reason, binary }))).toEqual(
      [false, false, false, true].map((binary) => ({
        kind: 'frame',
        client: 'websocket',
        url: URL,
        reason: 'HOLDLINE_NOT_SENT',
        binary,
      })),
    );
    expect(kept.map(({ order }) => order)).toEqual(kept.map(({ order }) => order).sort((a, b) => a - b));
    expect(JSON.stringify(await store.deadLetters!.list('', 10))).not.toContain('secret');

    const second = await connect();
    const { replayed, left } = await replay();
    expect({ replayed, left, letters: await listLetters() }).toEqual({ replayed: 4, left: 0, letters: [] });
    expect(second.native.sent).toEqual(['secret one', 'secret two', 'secret three', new TextEncoder().encode('bytes')]);
  });

  it('after a full queue, a deadline, a flush timeout or the close of the line are stored', async () => {
    const { clock, connect, listLetters } = setUp({ ...slow, maxQueued: 3, overflow: 'dropOldest', flushMs: 1_500 });
    const { socket, send, frames } = await connect();
    for (const data of ['now', 'oldest', 'late', 'flushed', 'newest'])
      send(data, data === 'late' ? { totalTimeoutMs: 500 } : {});
    await clock.advance(600);
    expect((await listLetters()).map(({ reason }) => reason)).toEqual(['HOLDLINE_QUEUE_FULL', 'HOLDLINE_DEADLINE']);
    send('beyond');
    socket.close();
    await clock.advance(10_000);
    expect((await listLetters()).map(({ reason }) => reason)).toEqual([
      'HOLDLINE_QUEUE_FULL',
      'HOLDLINE_DEADLINE',
      'HOLDLINE_NOT_SENT',
    ]);

    const other = await connect();
    for (const data of ['now', 'waits']) other.send(data);
    await other.frames.line.close();
    await clock.advance(100);
    expect((await listLetters()).at(-1)?.reason).toBe('HOLDLINE_CLOSED');
    expect(frames.queued).toBe(0);
  });

  it('that were aborted by the caller are not stored', async () => {
    const { connect, listLetters } = setUp();
    const { send, ends } = await connect();
    const abort = new AbortController();
    send('now');
    send('taken back', { signal: abort.signal });
    abort.abort(Object.assign(new Error('changed my mind'), { code: 'MINE' }));
    expect(await listLetters()).toEqual([]);
    expect(ends['taken back']).toBe('MINE');
  });

  it('with a Blob are stored in order', async () => {
    const { connect, listLetters, replay } = setUp();
    const first = await connect();
    first.send('now');
    first.send(new Blob(['from a blob']));
    first.send('behind it');
    first.native.end(1006);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect((await listLetters()).map(({ binary }) => binary)).toEqual([true, false]);
    const second = await connect();
    await replay();
    expect(second.native.sent).toEqual([new TextEncoder().encode('from a blob'), 'behind it']);
  });

  it('are not stored with deadLetters: false', async () => {
    const { connect, deadLetterQueue, store } = setUp(slow, false);
    const { native, send } = await connect();
    for (const data of ['now', 'waits']) send(data);
    native.end(1006);
    expect(deadLetterQueue.isOn).toBe(false);
    expect(await store.deadLetters!.list('', 10)).toEqual({ letters: [], next: undefined });
  });
});

describe('a replay', () => {
  it('is sent after new frames, replaces no newer frame, and is not stored twice', async () => {
    const { connect, listLetters, replay, deadLetterQueue } = setUp({
      ...slow,
      overflow: { coalesce: (data) => String(data).split('=')[0] },
    });
    const first = await connect();
    for (const data of ['now', 'state=old']) first.send(data);
    first.native.end(1006);
    const second = await connect();
    for (const data of ['now', 'state=new']) second.send(data);
    const { replayed } = await replay();
    expect(replayed).toBe(1);
    expect(second.native.sent).toEqual(['now', 'state=new', 'state=old']);

    for (const data of ['again', 'x=1', 'y=2']) second.send(data);
    second.native.end(1006);
    expect(await listLetters()).toHaveLength(3);
    const third = await connect();
    third.send('now');
    third.send('before');
    const report = deadLetterQueue.replay();
    await expect.poll(() => third.frames.queued).toBe(2);
    third.native.end(1006);
    const { letters: ends, left } = await report;
    expect(left).toBe(3);
    expect(ends.map(({ result }) => result)).toEqual(['failed', 'blocked', 'blocked']);
    const kept = await listLetters();
    expect(kept).toHaveLength(4);
    expect(kept.map(({ replays }) => replays)).toEqual([1, 0, 0, 0]);
  });

  it('waits for a socket to the same URL, unless complete returns another one', async () => {
    const { connect, listLetters, replay } = setUp();
    const first = await connect(`${URL}?token=hidden`);
    for (const data of ['now', 'moved']) first.send(data);
    first.native.end(1006);
    expect(JSON.stringify(await listLetters())).not.toContain('hidden');
    expect((await replay()).letters[0]?.result).toBe('no client');
    const second = await connect('wss://example.com/channels/2');
    expect((await replay()).letters[0]?.result).toBe('no client');
    const complete = () => ({ url: 'wss://example.com/channels/2' });
    expect((await replay({ complete })).letters[0]?.result).toBe('replayed');
    expect(second.native.sent).toEqual(['moved']);
  });

  it('without an encryption key needs the data from the caller', async () => {
    const { connect, replay, listLetters } = setUp(slow, {});
    const first = await connect();
    for (const data of ['now', 'not kept']) first.send(data);
    first.native.end(1006);
    expect((await listLetters())[0]).toMatchObject({ sealed: undefined, missing: ['body'] });
    const second = await connect();
    expect((await replay()).letters[0]?.result).toBe('incomplete');
    await replay({ complete: () => ({ body: 'given' }) });
    expect(second.native.sent).toEqual(['given']);
  });

  it('uses a socket with the same credential, never another one (issue 13, a06)', async () => {
    const { connect, listLetters, replay, deadLetterQueue } = setUp();
    const acme = await connect(URL, ['v1', 'token-of-acme']);
    for (const data of ['now', 'of acme']) acme.send(data);
    acme.native.end(1006);
    const beta = await connect(URL, ['v1', 'token-of-beta']);
    expect(JSON.stringify(await listLetters())).not.toContain('token-of');
    expect((await replay()).letters).toMatchObject([
      { result: 'no client', reason: expect.stringContaining('credential') },
    ]);
    expect((await deadLetterQueue.list()).letters[0]?.waitsFor).toMatch(
      /^a client with the credential of the letter: .* another one/,
    );
    const again = await connect(URL, ['v1', 'token-of-acme']);
    expect((await replay()).replayed).toBe(1);
    expect([beta.native.sent, again.native.sent]).toEqual([[], ['of acme']]);
  });

  it('without a credential uses a socket that has sent for the same tenant (issue 13, a06)', async () => {
    const { connect, replay } = setUp();
    const acme = await connect();
    for (const data of ['now', 'of acme']) acme.send(data, { tenant: 'acme' });
    acme.native.end(1006);
    const beta = await connect();
    beta.send('hello', { tenant: 'beta' });
    expect((await replay()).letters).toMatchObject([
      { result: 'no client', reason: expect.stringContaining("tenant 'acme'") },
    ]);
    const again = await withCall({ tenant: 'acme' }, () => connect());
    expect((await replay()).replayed).toBe(1);
    expect([beta.native.sent, again.native.sent]).toEqual([['hello'], ['of acme']]);
  });
});
