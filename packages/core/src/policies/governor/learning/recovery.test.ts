import { describe, expect, it } from 'vitest';
import type { CallRequest } from '../../../contract/call.js';
import { createHoldline, type Holdline, type HoldlineConfig } from '../../../index.js';
import { answered, type Outcome } from '../../../contract/outcome.js';
import { seededRandom, VirtualClock } from '../../../testing.js';
import type { Enforcement } from '../../../contract/counting.js';
import { platformOf, type Kind } from '../platforms.fixture.js';

/** A platform that refuses the attempts with these numbers only. */
interface Stray {
  refused: number[];
  retryAfter?: string;
  limitKey?: string;
  headers?: Record<string, string>;
}

class Traffic {
  readonly clock = new VirtualClock();
  readonly line: Holdline;
  sent = 0;
  answered = 0;
  refused = 0;
  failed = 0;

  constructor(
    config: HoldlineConfig,
    /** Wait in ms; 0 accepts the attempt. */
    readonly platform: (n: number, now: number) => { waitMs: number; answer?: Omit<Stray, 'refused'> },
    readonly more: Partial<CallRequest> & { weight?: number } = {},
  ) {
    this.line = createHoldline({ clock: this.clock, random: seededRandom(1), breaker: false, ...config });
  }

  /** Sends calls at an even rate. Returns the part of calls answered with data in that time. */
  async run(perSecond: number, forMs: number): Promise<number> {
    const before = this.answered;
    const calls = Math.round((forMs / 1_000) * perSecond);
    for (let i = 0; i < calls; i++) {
      this.#call();
      await this.clock.advance(1_000 / perSecond);
    }
    return (this.answered - before) / calls;
  }

  #call(): void {
    const { weight, ...more } = this.more;
    const request: CallRequest = {
      method: 'GET',
      url: 'https://a.example/x',
      replayable: true,
      headers: { get: () => undefined, set: () => undefined },
      send: () => this.#attempt(),
      ...(weight === undefined ? {} : { context: { weight } }),
      ...more,
    };
    this.line.run(request).then(
      (status) => (status === 200 ? this.answered++ : this.refused++),
      () => this.failed++,
    );
  }

  async #attempt(): Promise<Outcome> {
    const { waitMs, answer = {} } = this.platform(++this.sent, this.clock.now());
    await new Promise<void>((resolve) => void this.clock.setTimer(20, resolve));
    const status = waitMs > 0 ? 429 : 200;
    const said: Record<string, string> = { ...answer.headers };
    if (waitMs > 0) said['retry-after'] = answer.retryAfter ?? String(Math.ceil(waitMs / 1_000));
    const limitKey = waitMs > 0 ? answer.limitKey : undefined;
    return answered(status, { status, header: (name) => said[name], limitKey });
  }

  get limit(): number | undefined {
    return this.line.snapshot().scopes[0]?.quotas[0]?.limit;
  }
}

const stray =
  ({ refused, ...answer }: Stray) =>
  (n: number): { waitMs: number; answer: Omit<Stray, 'refused'> } => ({
    waitMs: refused.includes(n) ? 30_000 : 0,
    answer,
  });

const KEY = 'token.rate.per.minute';
const governed = (enforcement: Enforcement = 'auto'): HoldlineConfig => ({
  governor: { enforcement, quotas: [{ name: KEY, limit: 300, windowMs: 60_000 }] },
});

describe('issue 13, c05: one stray 429 that names the limit, where no call can wait for another', () => {
  type Row = [string, HoldlineConfig, (Partial<CallRequest> & { weight?: number })?, perSecond?: number];
  const rows: Row[] = [
    ['by default', {}],
    ["with retry: 'interactive'", { retry: 'interactive' }],
    ['without retries', { retry: false }],
    ['with a deadline of 30 s', { deadline: { totalTimeoutMs: 30_000 } }],
    ['with a deadline of 60 s', { deadline: { totalTimeoutMs: 60_000 } }],
    ['with bodies that are streams', {}, { replayable: false }],
    ['with a weight of 5', { retry: false }, { weight: 5 }, 0.8],
    ['with a weight of 5, by default', {}, { weight: 5 }, 0.8],
    ['of a sliding window', { retry: 'interactive', ...governed('sliding') }],
    ['of a fixed window', { retry: false, ...governed('fixed') }],
    ['of a bucket', { retry: false, ...governed('bucket') }],
  ];
  // Four fifths of the limit: more than one refusal leaves.
  it.each(rows)('%s: the whole limit is used again after some minutes', async (_, config, more = {}, perSecond = 4) => {
    const traffic = new Traffic({ ...governed(), ...config }, stray({ refused: [3], limitKey: KEY }), more);
    await traffic.run(perSecond, 600_000);
    expect(await traffic.run(perSecond, 600_000)).toBeGreaterThanOrEqual(0.995);
    expect(traffic.limit).toBeGreaterThanOrEqual(238);
  });

  it('leaves at least half of the limit, so that lower loads do not wait', async () => {
    const traffic = new Traffic({ ...governed(), retry: false }, stray({ refused: [3], limitKey: KEY }));
    await traffic.run(2, 60_000);
    expect(traffic.limit).toBe(150);
    expect(traffic.refused + traffic.failed).toBe(1);
  });

  it('is followed by further cuts of at most half each', async () => {
    const limits: (number | undefined)[] = [];
    const answer = { retryAfter: '1', limitKey: KEY };
    const traffic = new Traffic({ ...governed(), retry: false }, stray({ refused: [2, 7, 15], ...answer }));
    for (let i = 0; i < 20; i++) {
      await traffic.run(0.5, 2_000);
      if (limits.at(-1) !== traffic.limit) limits.push(traffic.limit);
    }
    expect(limits).toEqual([300, 150, 75, 38]);
  });
});

describe('issue 13: a limit that the platform really cut', () => {
  it.each<[Kind, HoldlineConfig]>([
    ['fixed', { retry: false }],
    ['sliding', { retry: false }],
    ['bucket', { retry: false }],
    ['sliding', { deadline: { totalTimeoutMs: 5_000 } }],
  ])('%s, %j: calls that cannot wait are refused twice in twelve windows at most', async (kind, config) => {
    const platform = platformOf(kind, 20, 10_000, 3_000);
    const named = (_: number, now: number) => ({ waitMs: platform.arrive(now), answer: { limitKey: KEY } });
    const quotas = [{ name: KEY, limit: 50, windowMs: 10_000 }];
    const traffic = new Traffic({ ...config, governor: { quotas } }, named);
    await traffic.run(4, 300_000);
    const { sent, answered: before, refused } = traffic;
    await traffic.run(4, 1_200_000);
    // All 20 per window, in 120 windows.
    expect((traffic.answered - before) / 120).toBeGreaterThanOrEqual(19);
    expect(traffic.sent - sent - (traffic.answered - before)).toBeLessThanOrEqual(20);
    expect(traffic.refused - refused).toBeLessThanOrEqual(20);
  });
});

describe('issue 13, b03: one stray 429 of a quiet route', () => {
  const ways: [string, HoldlineConfig][] = [
    ['a quota that is given', { governor: { quotas: [{ limit: 300, windowMs: 60_000 }] } }],
    ['no quota', {}],
    ["'discover'", { governor: { quotas: [{ limit: 'discover', windowMs: 60_000 }] } }],
  ];
  const retries: [string, HoldlineConfig][] = [
    ['default', {}],
    ['no', { retry: false }],
  ];
  it.each(
    ways.flatMap(([way, config]) =>
      [1, 2, 5].flatMap((before) =>
        retries.map(([name, retry]) => [way, before, name, { ...config, ...retry }] as const),
      ),
    ),
  )('%s, after %d calls, %s retries: paces no call once the refusal is over', async (_, before, __, config) => {
    const traffic = new Traffic(config, stray({ refused: [before + 1], retryAfter: '60' }));
    await traffic.run(100, before * 10);
    await traffic.run(1, 1_000);
    await traffic.clock.advance(61_000);
    const answeredBefore = traffic.answered;
    await traffic.run(0.1, 180_000);
    await traffic.clock.advance(10_000);
    expect(traffic.answered - answeredBefore).toBe(18);
    expect(await traffic.run(0.3, 600_000)).toBeGreaterThanOrEqual(0.99);
  });

  it('a window lengthened by one refusal lets the sustained throughput pass', async () => {
    const platform = platformOf('sliding', 50, 10_000);
    let isStray = false;
    const traffic = new Traffic({ governor: { quotas: [{ limit: 'discover', windowMs: 10_000 }] } }, (_, now) => {
      if (!isStray) return { waitMs: platform.arrive(now) };
      isStray = false;
      return { waitMs: 60_000 };
    });
    await traffic.run(6, 60_000);
    await traffic.run(4, 240_000);
    isStray = true;
    await traffic.run(4, 180_000);
    expect(await traffic.run(4, 120_000)).toBeGreaterThanOrEqual(0.95);
  });
});

describe('issue 13: headers that report more remaining permits', () => {
  const quotas = [{ name: KEY, limit: 300, windowMs: 60_000, enforcement: 'sliding' as const }];
  const config: HoldlineConfig = { retry: false, governor: { quotas } };

  it('raise a cut limit at once, in the next window', async () => {
    const headers = { 'x-ratelimit-limit': '300', 'x-ratelimit-remaining': '290', 'x-ratelimit-reset': '30' };
    const traffic = new Traffic(config, stray({ refused: [3], retryAfter: '1', limitKey: KEY, headers }));
    await traffic.run(4, 62_000);
    expect(traffic.limit).toBeGreaterThanOrEqual(235);
  });

  it('raise no given limit', async () => {
    const headers = { 'x-ratelimit-limit': '900', 'x-ratelimit-remaining': '890', 'x-ratelimit-reset': '30' };
    const traffic = new Traffic(config, stray({ refused: [], headers }));
    await traffic.run(8, 58_000);
    expect(traffic.sent).toBe(300);
  });

  it('are followed once where they are wrong', async () => {
    const platform = platformOf('sliding', 100, 60_000);
    const headers = { 'x-ratelimit-limit': '300', 'x-ratelimit-remaining': '290', 'x-ratelimit-reset': '30' };
    const answer = { limitKey: KEY, headers };
    const traffic = new Traffic(config, (_, now) => ({ waitMs: platform.arrive(now), answer }));
    await traffic.run(4, 600_000);
    const { refused } = traffic;
    await traffic.run(4, 1_200_000);
    expect(traffic.refused - refused).toBeLessThanOrEqual(4);
  });
});
