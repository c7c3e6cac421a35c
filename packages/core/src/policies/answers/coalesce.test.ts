import { describe, expect, it } from 'vitest';
import { callInfo, type LetterParts } from '../../index.js';
import { settle } from '../../testing.js';
import { type Native, setupPlatform, type Wanted } from './platform.fixture.js';

const setup = () => {
  const made = setupPlatform({ coalesce: true });
  made.platform.reply = () => ({ afterMs: 100 });
  return made;
};

describe('identical reads in flight', () => {
  it('share one request, and each gets its own object', async () => {
    const { clock, line, platform, start } = setup();
    const sources: unknown[] = [];
    line.on('call', ({ answeredBy, attempts }) => sources.push([answeredBy, attempts]));
    const callers = [start(), start(), start()];
    await clock.run();
    expect(platform.arrived).toHaveLength(1);
    expect(new Set(callers.map(({ value }) => value)).size).toBe(3);
    expect(callers.map(({ value }) => (value as Native).body)).toEqual(['v1', 'v1', 'v1']);
    expect(sources).toEqual([
      [undefined, 1],
      ['identical call', 0],
      ['identical call', 0],
    ]);
    expect(line.snapshot().answers.coalesced).toBe(2);
    expect(callInfo(callers[1]?.value)).toMatchObject({ attempts: 0, status: 200, fromCache: false });
    start();
    await settle();
    expect(platform.arrived).toHaveLength(2);
  });

  it('share a native error', async () => {
    const { clock, platform, start } = setup();
    platform.reply = () => ({ status: 404, threw: true, afterMs: 100 });
    const callers = [start(), start()];
    await clock.run();
    expect(platform.arrived).toHaveLength(1);
    expect(callers.map(({ error }) => (error as Native).status)).toEqual([404, 404]);
    expect(callers[0]?.error).not.toBe(callers[1]?.error);
  });

  it('copy no body to find out that they are identical', async () => {
    const { clock, line, platform } = setupPlatform({
      endpoints: { 'POST /search': { readOnly: true, coalesce: true } },
    });
    platform.reply = () => ({ afterMs: 100 });
    let copies = 0;
    const read = (): Promise<unknown> => {
      const request = platform.request({ method: 'POST', url: '/search', payload: 'x' });
      const letter = (): LetterParts => ({
        url: request.url,
        headers: [],
        get body() {
          copies++;
          return 'x';
        },
      });
      return line.run({ ...request, letter });
    };
    const ends = Promise.all([read(), read()]);
    await clock.run();
    await ends;
    expect([platform.arrived.length, copies]).toEqual([1, 0]);
  });

  it('do not wait for each other if their client can make no answer for a second caller', async () => {
    const { clock, platform, start } = setup();
    for (let i = 0; i < 2; i++) start({ lacks: ['copy', 'restoreAnswer'] });
    await clock.run();
    expect(platform.table).toEqual(['0 GET /a', '0 GET /a']);
  });

  it.each<[string, Wanted]>([
    ['tenant', { context: { tenant: 't' } }],
    ['credential', { headers: { authorization: 'b' } }],
    ['language', { headers: { 'accept-language': 'de' } }],
    ['method', { method: 'HEAD' }],
  ])('with another %s are sent themselves', async (_name, other) => {
    const { clock, platform, start } = setup();
    start();
    start(other);
    await clock.run();
    expect(platform.arrived).toHaveLength(2);
  });

  it('are left alone by the abort of one that waits', async () => {
    const { clock, platform, start } = setup();
    const controller = new AbortController();
    const first = start();
    const second = start({ signal: controller.signal });
    await clock.advance(50);
    controller.abort(new Error('enough'));
    await settle();
    expect(second.error).toMatchObject({ message: 'enough' });
    await clock.run();
    expect(first.value).toMatchObject({ body: 'v1' });
    expect(platform.arrived).toHaveLength(1);
  });

  it('continue with one request if the call that sent it is aborted', async () => {
    const { clock, platform, start } = setup();
    const controller = new AbortController();
    const first = start({ signal: controller.signal });
    const others = [start(), start()];
    await clock.advance(50);
    controller.abort(new Error('enough'));
    await clock.run();
    expect(first.error).toMatchObject({ message: 'enough' });
    expect(others.map(({ value }) => (value as Native).body)).toEqual(['v1', 'v1']);
    expect(platform.table).toEqual(['0 GET /a', '50 GET /a']);
  });

  it('end at their own deadlines', async () => {
    const { clock, platform, start } = setup();
    platform.reply = () => 'hang';
    const first = start({ context: { totalTimeoutMs: 500 } });
    const second = start({ context: { totalTimeoutMs: 200 } });
    await clock.run();
    expect([first.at, second.at]).toEqual([500, 200]);
    expect(second.error).toMatchObject({ code: 'HOLDLINE_DEADLINE' });
  });

  it('do not make a more urgent call wait, and later calls join the more urgent one', async () => {
    const { clock, platform, start } = setup();
    start({ context: { priority: 'background' } });
    start({ context: { priority: 'high' } });
    start();
    await clock.run();
    expect(platform.arrived).toHaveLength(2);
  });

  it('that the line refuses get an error each', async () => {
    const { clock, line, start } = setup();
    line.isolate('GET /a');
    const callers = [start(), start(), start()];
    await clock.run();
    expect(callers.map(({ error }) => (error as { code: string }).code)).toEqual(
      Array(3).fill('HOLDLINE_CIRCUIT_OPEN'),
    );
    expect(line.snapshot().calls).toBe(0);
  });

  it('end when the line is closed', async () => {
    const { clock, line, platform, start } = setup();
    platform.reply = () => 'hang';
    const callers = [start(), start()];
    await settle();
    const closed = line.close();
    await clock.run();
    await closed;
    expect(callers.map(({ error }) => (error as { code: string }).code)).toEqual(Array(2).fill('HOLDLINE_CLOSED'));
    expect(clock.pending).toBe(0);
  });

  it('are sent themselves if the client can neither copy nor keep an answer', async () => {
    const { clock, platform, start } = setup();
    const lacks = ['copy', 'restoreAnswer'] as const;
    const callers = [start({ lacks }), start({ lacks })];
    await clock.run();
    expect(platform.arrived).toHaveLength(2);
    expect(callers.every(({ value }) => value !== undefined)).toBe(true);
  });

  it('share the kept answer if the client cannot copy', async () => {
    const { clock, platform, start } = setup();
    const callers = [start({ lacks: ['copy'] }), start({ lacks: ['copy'] })];
    await clock.run();
    expect(platform.arrived).toHaveLength(1);
    expect(callers[0]?.value).not.toBe(callers[1]?.value);
  });

  it('that begin after a write do not join a read from before its end', async () => {
    const { clock, platform, start } = setup();
    platform.reply = ({ request }) => ({ afterMs: request.startsWith('GET') ? 100 : 20 });
    start();
    await clock.advance(60);
    start({ method: 'PUT' });
    await clock.advance(20);
    const late = start();
    await clock.run();
    expect(late.value).toMatchObject({ body: 'v2' });
    expect(platform.arrived).toHaveLength(3);
  });
});

describe('a cache without coalescing', () => {
  it('sends each identical miss itself', async () => {
    const { clock, platform, start, get } = setupPlatform({
      endpoints: { 'GET /a': { cache: { ttlMs: 1_000 }, coalesce: false } },
    });
    platform.reply = () => ({ afterMs: 100 });
    start();
    start();
    await clock.run();
    await get();
    expect(platform.arrived).toHaveLength(2);
  });
});
