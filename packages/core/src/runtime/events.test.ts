import { describe, expect, expectTypeOf, it } from 'vitest';
import { ConfigError, createHoldline, type EventName, type Explanation, type HoldlineEvents } from '../index.js';
import { Events } from './events.js';
import { ORIGIN, setup } from '../line/transport.fixture.js';

describe('events', () => {
  it('have the values of closed sets as types, and so has explain', () => {
    expectTypeOf<'attempts used up'>().toExtend<HoldlineEvents['giveUp']['reason']>();
    expectTypeOf<HoldlineEvents['listenerFailed']['event']>().toEqualTypeOf<EventName>();
    expectTypeOf<string>().not.toExtend<HoldlineEvents['giveUp']['reason']>();
    expectTypeOf<string>().not.toExtend<Explanation['priority']>();
    expectTypeOf<string>().not.toExtend<Explanation['now']['circuit']>();
    expectTypeOf<string>().not.toExtend<Explanation['policies'][number]['phase']>();
  });

  it('an unknown name or a wrong listener is a ConfigError', () => {
    const line = createHoldline();
    expect(() => line.on('retries' as never, () => undefined)).toThrow(
      /event must be one of callStarted, call, attemptStarted, attempt, retry.*got 'retries'/,
    );
    for (const name of ['__proto__', 'constructor', undefined, Symbol('s'), 7])
      expect(() => line.on(name as never, () => undefined)).toThrow(ConfigError);
    for (const listener of [undefined, {}, 'x']) expect(() => line.on('call', listener as never)).toThrow(ConfigError);
  });

  it('counts and reports a listener that throws or rejects, without effect on the call and other listeners', async () => {
    const { line, run } = setup({ governor: false });
    const seen: unknown[] = [];
    line.on('call', () => {
      throw new Error('mine');
    });
    line.on('call', (async () => {
      throw new Error('later');
    }) as never);
    line.on('call', () => {
      throw 'text';
    });
    line.on('call', ({ route }) => void seen.push(route));
    line.on('listenerFailed', (failure) => void seen.push(failure));
    line.on('listenerFailed', () => {
      throw new Error('again');
    });
    expect((await run()).value).toEqual({ status: 200 });
    expect(seen).toEqual([
      { event: 'call', message: 'mine' },
      { event: 'call', message: 'a thrown string' },
      'GET /a',
      { event: 'call', message: 'later' },
    ]);
    expect(line.snapshot().listenerFailures).toBe(6);
  });

  it('one function registered twice is two listeners, and each undo removes one', async () => {
    const { line, run } = setup({ governor: false });
    let n = 0;
    const listener = (): void => void n++;
    const undo = line.on('call', listener);
    line.on('call', listener);
    await run();
    undo();
    undo();
    await run();
    expect(n).toBe(3);
  });

  it('a listener may add and remove listeners, with effect from the next event', async () => {
    const { line, run } = setup({ governor: false });
    let n = 0;
    const add = (): void => void line.on('call', () => (n++, add()));
    add();
    await run();
    expect(n).toBe(1);
    await run();
    expect(n).toBe(3);
  });

  it('no event object is made without listeners', () => {
    const events = new Events();
    expect(events.has('call')).toBe(false);
    const undo = events.on('call', () => undefined);
    expect([events.has('call'), events.has('retry')]).toEqual([true, false]);
    undo();
    expect(events.has('call')).toBe(false);
  });

  it('a call reports its attempts, retries and end, in order', async () => {
    const { line, run } = setup({ governor: false, retry: { jitter: 'none', baseDelayMs: 100 } }, [
      { status: 504, afterMs: 30 },
      { status: 200, afterMs: 50 },
    ]);
    const seen: unknown[] = [];
    const names = ['callStarted', 'attemptStarted', 'attempt', 'retry', 'call', 'giveUp', 'refused'] as const;
    for (const name of names) line.on(name, (event) => void seen.push([name, event]));
    await run({ context: { tenant: 'acme', priority: 'high' } });
    const { callId, resource } = (seen[0] as [string, HoldlineEvents['callStarted']])[1];
    expect([callId, resource]).toEqual([expect.any(Number), expect.stringMatching(/^\w+$/)]);
    const route = 'GET /a';
    const place = { method: 'GET', origin: ORIGIN };
    const call = { callId, route, ...place, priority: 'high', tenant: 'acme' };
    const ended = { callId, route, ...place };
    expect(seen).toEqual([
      ['callStarted', { ...call, resource }],
      ['attemptStarted', { callId, route, attempt: 1 }],
      ['attempt', { ...ended, attempt: 1, outcome: 'unknown', status: 504, durationMs: 30 }],
      ['retry', { callId, route, attempt: 2, reason: 'unknown', afterMs: 100 }],
      ['attemptStarted', { callId, route, attempt: 2 }],
      ['attempt', { ...ended, attempt: 2, outcome: 'ok', status: 200, durationMs: 50 }],
      [
        'call',
        {
          ...call,
          outcome: 'ok',
          status: 200,
          error: undefined,
          attempts: 2,
          waitedMs: 100,
          queuedMs: 0,
          durationMs: 180,
          answeredBy: undefined,
        },
      ],
    ]);
  });

  it('a new listener gets earlier defects, once per client and defect', () => {
    const line = createHoldline();
    const defect = { client: 'sdk', defect: 'retries blindly', remedy: 'switched off' };
    line.reportDefect(defect);
    line.reportDefect({ ...defect });
    const seen: unknown[] = [];
    line.on('defect', (event) => void seen.push(event));
    line.on('defect', () => {
      throw new Error('mine');
    });
    expect(seen).toEqual([defect]);
    expect(line.snapshot().listenerFailures).toBe(1);
  });
});
