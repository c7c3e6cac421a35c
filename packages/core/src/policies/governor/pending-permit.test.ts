import { describe, expect, it } from 'vitest';
import { createHoldline, type HoldlineConfig } from '../../index.js';
import { seededRandom, settle, VirtualClock } from '../../testing.js';

const URL = 'wss://example.com/channels/1';

function setUp(config: HoldlineConfig = {}) {
  const clock = new VirtualClock();
  const line = createHoldline({
    governor: { quotas: [{ limit: 2, windowMs: 1_000 }], enforcement: 'sliding', gateJitterMs: 0 },
    ...config,
    clock,
    random: seededRandom(1),
  });
  const ask = (context = {}) => line.permit({ method: 'SEND', url: URL, context });
  return { clock, line, ask };
}

describe('a requested permit', () => {
  it('is granted at once if one is free, and counts from its use', async () => {
    const { clock, ask } = setUp();
    const [first, second] = [ask(), ask()];
    expect([first.isGranted, second.isGranted]).toEqual([true, true]);
    const third = ask();
    expect(third.isGranted).toBe(false);
    first.sent();
    await clock.advance(400);
    second.sent();
    await clock.advance(599);
    expect(third.isGranted).toBe(false);
    await clock.advance(1);
    expect(third.isGranted).toBe(true);
    await third.granted;
  });

  it('is free at once after giveBack', async () => {
    const { ask } = setUp();
    const [first] = [ask(), ask()];
    const third = ask();
    first.giveBack();
    await third.granted;
    expect([first.isGranted, third.isGranted]).toEqual([false, true]);
    // A second giveBack changes nothing.
    first.giveBack();
    first.sent();
    expect(ask().isGranted).toBe(false);
  });

  it('leaves the queue if it is given back while it waits, and leaves no timer behind', async () => {
    const { clock, line, ask } = setUp();
    for (const permit of [ask(), ask()]) permit.sent();
    const third = ask();
    third.giveBack();
    await settle();
    expect(line.snapshot().queued).toBe(0);
    expect(clock.pending).toBe(0);
    await expect(third.granted).rejects.toMatchObject({ code: 'HOLDLINE_CLOSED' });
  });

  it('is not lost if it is given back at the moment of the grant', async () => {
    const { ask } = setUp();
    const [first, second] = [ask(), ask()];
    const third = ask();
    first.giveBack();
    third.giveBack();
    await settle();
    const fourth = ask();
    expect(fourth.isGranted).toBe(true);
    second.giveBack();
  });

  it('waits in the order of priorities, and for its weight', async () => {
    const { clock, ask } = setUp();
    for (const permit of [ask(), ask()]) permit.sent();
    const order: string[] = [];
    for (const priority of ['background', 'high', 'normal'] as const)
      void ask({ priority }).granted.then(() => order.push(priority));
    await clock.advance(1_000);
    expect(order).toEqual(['high', 'normal']);
    const heavy = setUp();
    expect(heavy.ask({ weight: 2 }).isGranted).toBe(true);
    expect(heavy.ask().isGranted).toBe(false);
    expect(() => heavy.ask({ weight: 3 })).toThrow(
      'its weight 3 is above the quota of the credential (2 permits in 1 s)',
    );
  });

  it('is refused like a call', async () => {
    const { line, ask } = setUp({ governor: { quotas: [{ limit: 1, windowMs: 1_000 }], maxQueued: 1 } });
    ask();
    const waiting = ask();
    expect(() => ask()).toThrow('the queue is full (1 call, maxQueued)');
    await line.close();
    await expect(waiting.granted).rejects.toMatchObject({ code: 'HOLDLINE_CLOSED' });
    expect(() => ask()).toThrow('was not sent: the line was closed (close)');
  });

  it('is granted at once without a governor', () => {
    const { ask } = setUp({ governor: false });
    const permit = ask();
    expect(permit.isGranted).toBe(true);
    permit.sent();
  });
});

describe('holdBack', () => {
  it('closes the gate of the route; later one probe leaves first', async () => {
    const { clock, line, ask } = setUp({ governor: { gateJitterMs: 0 } });
    const closed: unknown[] = [];
    line.on('gateClosed', (event) => closed.push(event));
    line.holdBack({ method: 'SEND', url: URL }, 5_000);
    expect(closed).toEqual([
      {
        scope: 'route:credential:none@wss://example.com:SEND /channels/:id',
        retryAt: clock.wall() + 5_000,
        forMs: 5_000,
      },
    ]);
    const [first, second] = [ask(), ask()];
    expect(line.permit({ method: 'GET', url: URL }).isGranted).toBe(true);
    await clock.advance(4_999);
    expect(first.isGranted).toBe(false);
    await clock.advance(1);
    expect([first.isGranted, second.isGranted]).toEqual([true, false]);
  });

  it('fails calls that may not wait that long', async () => {
    const { line, ask } = setUp();
    ask();
    ask();
    const waiting = ask();
    line.holdBack({ method: 'SEND', url: URL }, 200_000);
    await expect(waiting.granted).rejects.toMatchObject({ code: 'HOLDLINE_THROTTLED' });
  });
});
