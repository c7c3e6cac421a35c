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
  const desk = holdlineOf(Guarded)!.deadLetters;
  const letters = async () => (await desk.list()).letters as readonly DeadFrame[];
  /** Replays on the virtual clock. */
  const replay = async (options = {}) => {
    let report: Awaited<ReturnType<typeof desk.replay>> | undefined;
    void desk.replay(options).then((done) => (report = done));
    while (!report) {
      await new Promise((resolve) => setTimeout(resolve, 1));
      await clock.advance(100);
    }
    return report;
  };
  return { clock, store, desk, connect, letters, replay };
}

describe('frames that were given up', () => {
  it('by the close of their socket are kept, without a word of what they say, and sent in their order on the next', async () => {
    const { connect, letters, replay, store } = setUp();
    const first = await connect();
    first.send('now');
    for (const data of ['one', 'two', 'three']) first.send(`secret ${data}`);
    first.send(new TextEncoder().encode('bytes'));
    first.native.end(1006);
    const kept = await letters();
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
    expect({ replayed, left, letters: await letters() }).toEqual({ replayed: 4, left: 0, letters: [] });
    expect(second.native.sent).toEqual(['secret one', 'secret two', 'secret three', new TextEncoder().encode('bytes')]);
  });

  it('by a full queue, a time that is over, a flush that takes too long, or the end of the line, too', async () => {
    const { clock, connect, letters } = setUp({ ...slow, maxQueued: 3, overflow: 'dropOldest', flushMs: 1_500 });
    const { socket, send, frames } = await connect();
    for (const data of ['now', 'oldest', 'late', 'flushed', 'newest'])
      send(data, data === 'late' ? { totalTimeoutMs: 500 } : {});
    await clock.advance(600);
    expect((await letters()).map(({ reason }) => reason)).toEqual(['HOLDLINE_QUEUE_FULL', 'HOLDLINE_DEADLINE']);
    send('beyond');
    socket.close();
    await clock.advance(10_000);
    expect((await letters()).map(({ reason }) => reason)).toEqual([
      'HOLDLINE_QUEUE_FULL',
      'HOLDLINE_DEADLINE',
      'HOLDLINE_NOT_SENT',
    ]);

    const other = await connect();
    for (const data of ['now', 'waits']) other.send(data);
    await other.frames.line.close();
    await clock.advance(100);
    expect((await letters()).at(-1)?.reason).toBe('HOLDLINE_CLOSED');
    expect(frames.queued).toBe(0);
  });

  it('by their own signal are not: nobody wants them', async () => {
    const { connect, letters } = setUp();
    const { send, ends } = await connect();
    const abort = new AbortController();
    send('now');
    send('taken back', { signal: abort.signal });
    abort.abort(Object.assign(new Error('changed my mind'), { code: 'MINE' }));
    expect(await letters()).toEqual([]);
    expect(ends['taken back']).toBe('MINE');
  });

  it('and had a Blob are kept in their order', async () => {
    const { connect, letters, replay } = setUp();
    const first = await connect();
    first.send('now');
    first.send(new Blob(['from a blob']));
    first.send('behind it');
    first.native.end(1006);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect((await letters()).map(({ binary }) => binary)).toEqual([true, false]);
    const second = await connect();
    await replay();
    expect(second.native.sent).toEqual([new TextEncoder().encode('from a blob'), 'behind it']);
  });

  it('are none where no store was given, or none are wanted', async () => {
    const { connect, desk, store } = setUp(slow, false);
    const { native, send } = await connect();
    for (const data of ['now', 'waits']) send(data);
    native.end(1006);
    expect(desk.isOn).toBe(false);
    expect(await store.deadLetters!.list('', 10)).toEqual({ letters: [], next: undefined });
  });
});

describe('a replay', () => {
  it('goes after what is new, takes the place of nothing newer, and is not kept twice', async () => {
    const { connect, letters, replay, desk } = setUp({
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
    expect(await letters()).toHaveLength(3);
    const third = await connect();
    third.send('now');
    third.send('before');
    const report = desk.replay();
    await expect.poll(() => third.frames.queued).toBe(2);
    third.native.end(1006);
    const { letters: ends, left } = await report;
    expect(left).toBe(3);
    expect(ends.map(({ result }) => result)).toEqual(['failed', 'blocked', 'blocked']);
    const kept = await letters();
    expect(kept).toHaveLength(4);
    expect(kept.map(({ replays }) => replays)).toEqual([1, 0, 0, 0]);
  });

  it('waits for a socket to there, and goes elsewhere where it is told so', async () => {
    const { connect, letters, replay } = setUp();
    const first = await connect(`${URL}?token=hidden`);
    for (const data of ['now', 'moved']) first.send(data);
    first.native.end(1006);
    expect(JSON.stringify(await letters())).not.toContain('hidden');
    expect((await replay()).letters[0]?.result).toBe('no client');
    const second = await connect('wss://example.com/channels/2');
    expect((await replay()).letters[0]?.result).toBe('no client');
    const complete = () => ({ url: 'wss://example.com/channels/2' });
    expect((await replay({ complete })).letters[0]?.result).toBe('replayed');
    expect(second.native.sent).toEqual(['moved']);
  });

  it('without a key has to be given the data', async () => {
    const { connect, replay, letters } = setUp(slow, {});
    const first = await connect();
    for (const data of ['now', 'not kept']) first.send(data);
    first.native.end(1006);
    expect((await letters())[0]).toMatchObject({ sealed: undefined, missing: ['body'] });
    const second = await connect();
    expect((await replay()).letters[0]?.result).toBe('incomplete');
    await replay({ complete: () => ({ body: 'given' }) });
    expect(second.native.sent).toEqual(['given']);
  });

  it('goes on a socket of its own tenant and credential, never on that of another (issue 13, a06)', async () => {
    const { connect, letters, replay, desk } = setUp();
    const acme = await connect(URL, ['v1', 'token-of-acme']);
    for (const data of ['now', 'of acme']) acme.send(data);
    acme.native.end(1006);
    const beta = await connect(URL, ['v1', 'token-of-beta']);
    expect(JSON.stringify(await letters())).not.toContain('token-of');
    expect((await replay()).letters).toMatchObject([
      { result: 'no client', reason: expect.stringContaining('credential') },
    ]);
    expect((await desk.list()).letters[0]?.waitsFor).toContain('the client there has another one');
    const again = await connect(URL, ['v1', 'token-of-acme']);
    expect((await replay()).replayed).toBe(1);
    expect([beta.native.sent, again.native.sent]).toEqual([[], ['of acme']]);
  });

  it('without a credential goes on a socket that has sent for its tenant (issue 13, a06)', async () => {
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
