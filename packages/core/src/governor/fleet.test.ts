import { expect, it } from 'vitest';
import { createHoldline, leaseFleet, type Holdline } from '../index.js';
import { answered, type Outcome } from '../outcome.js';
import { memoryStore, type LeaseReply, type LeaseRequest, type Leases } from '../ports.js';
import { VirtualClock } from '../testing.js';

/** A store that lends all that is wanted, as long as it works. */
class Lender implements Leases {
  readonly fleet = leaseFleet;
  readonly onLoss;
  readonly processes = 1;
  works = true;
  /** The quotas that were asked for, each with the ledger that was known. */
  readonly asked: string[] = [];
  readonly requests: LeaseRequest[] = [];
  /** What its answers say besides. */
  readonly says: Partial<LeaseReply> = {};

  constructor(
    readonly clock: VirtualClock,
    onLoss: Leases['onLoss'] = 'refuse',
  ) {
    this.onLoss = onLoss;
  }

  async exchange(...[{ scope }, request]: Parameters<Leases['exchange']>): Promise<LeaseReply> {
    this.asked.push(`${scope.slice(scope.indexOf('|'))} ${request.ledger}`);
    this.requests.push(request);
    if (!this.works) throw new Error('not there');
    const now = this.clock.now();
    const permits = request.demand > 0 ? [{ count: request.demand, from: now, freeAtTick: 1_000_000 }] : [];
    const belief = { limit: 10, counts: undefined, edge: undefined };
    const reply = { ledger: 'a', now, processes: 1, contended: false, ...belief, isTrial: false, askAt: now, permits };
    return { ...reply, ...this.says };
  }

  closeGate(): Promise<void> {
    return Promise.resolve();
  }

  gateOf(): number {
    return 0;
  }

  listen(): () => void {
    return () => undefined;
  }
}

const OK = (): Outcome => answered('ok', { status: 200, header: () => undefined });

/** One call. Says what became of it. */
function startOn(line: Holdline, answer: () => Outcome = OK): Promise<string> {
  return line
    .run({
      method: 'GET',
      url: 'https://api.example.com/',
      headers: { get: () => undefined, set: () => undefined },
      replayable: true,
      send: () => Promise.resolve(answer()),
    })
    .then(
      () => 'answered',
      (error: { code: string }) => error.code,
    );
}

async function callOn(line: Holdline, clock: VirtualClock, answer?: () => Outcome): Promise<string> {
  const ended = startOn(line, answer);
  await clock.advance(1_000);
  return ended;
}

it('takes calls again when the store answers again, though it refused all of them meanwhile', async () => {
  const clock = new VirtualClock();
  const leases = new Lender(clock);
  const quotas = [{ limit: 10, windowMs: 1_000 }];
  const line = createHoldline({ clock, store: { ...memoryStore(), leases }, governor: { quotas } });
  expect(await callOn(line, clock)).toBe('answered');
  await clock.advance(5_000);
  leases.works = false;
  expect(await callOn(line, clock)).toBe('HOLDLINE_STORE_LOST');
  leases.works = true;
  expect(await callOn(line, clock)).toBe('HOLDLINE_STORE_LOST');
  expect(await callOn(line, clock)).toBe('answered');
  await line.close();
});

it('begins another ledger where a quota gets another window, for the ticks of one mean nothing in the other', async () => {
  const clock = new VirtualClock();
  const leases = new Lender(clock);
  const quota = { name: 'client.rate', limit: 10, windowMs: 10_000 };
  const line = createHoldline({ clock, store: { ...memoryStore(), leases }, governor: { quotas: [quota] } });
  await callOn(line, clock);
  line.update({ governor: { quotas: [{ ...quota, windowMs: 60_000 }] } });
  await callOn(line, clock);
  const [first] = leases.asked;
  expect(first).toBe('|client.rate|10000 ');
  expect(leases.asked.find((one) => one.includes('60000'))).toBe('|client.rate|60000 ');
  await line.close();
});

it('tells a ledger for another window what was spent, before it asks it for anything', async () => {
  const clock = new VirtualClock();
  const leases = new Lender(clock);
  const quota = { name: 'client.rate', limit: 10, windowMs: 10_000 };
  const line = createHoldline({ clock, store: { ...memoryStore(), leases }, governor: { quotas: [quota] } });
  for (let i = 0; i < 3; i++) await callOn(line, clock);
  line.update({ governor: { quotas: [{ ...quota, windowMs: 20_000 }] } });
  leases.requests.length = 0;
  await callOn(line, clock);
  const [first, second] = leases.requests.filter(({ leaving }) => !leaving);
  expect(first).toMatchObject({ demand: 0, moves: [] });
  expect(second?.demand).toBe(1);
  const told = second?.moves ?? [];
  expect(told.filter((_, i) => i % 3 === 0)).toEqual([0, 0, 0]);
  expect(told.filter((_, i) => i % 3 === 2)).toEqual([1, 1, 1]);
  await line.close();
});

it('says once that the store is lost, and once that it is back, where a quota gets another window meanwhile', async () => {
  const clock = new VirtualClock();
  const leases = new Lender(clock, 'share');
  const quota = { name: 'client.rate', limit: 10, windowMs: 10_000 };
  const line = createHoldline({ clock, store: { ...memoryStore(), leases }, governor: { quotas: [quota] } });
  const told: string[] = [];
  for (const event of ['storeLost', 'storeBack'] as const) line.on(event, () => told.push(event));
  await callOn(line, clock);
  leases.works = false;
  await clock.advance(20_000);
  await callOn(line, clock);
  line.update({ governor: { quotas: [{ ...quota, windowMs: 60_000 }] } });
  await callOn(line, clock);
  expect(told).toEqual(['storeLost']);
  leases.works = true;
  await callOn(line, clock);
  await callOn(line, clock);
  expect(told).toEqual(['storeLost', 'storeBack']);
  await line.close();
});

it('goes on when a gate opens, though nothing is lent while it is closed', async () => {
  const clock = new VirtualClock();
  const leases = new Lender(clock);
  Object.assign(leases.says, { contended: true });
  const governor = { quotas: [{ limit: 10, windowMs: 1_000 }] };
  const line = createHoldline({ clock, retry: false, store: { ...memoryStore(), leases }, governor });
  const header = (name: string): string | undefined => (name === 'retry-after' ? '5' : undefined);
  await callOn(line, clock, () => answered('no', { status: 429, header }));
  const asked = leases.requests.length;
  const waiting = startOn(line);
  await clock.advance(2_000);
  expect(leases.requests.slice(asked).every(({ demand }) => demand === 0)).toBe(true);
  await clock.advance(4_000);
  expect(await waiting).toBe('answered');
  await line.close();
});

it('tells the ledger of a refusal at once, with the moment it named', async () => {
  const clock = new VirtualClock();
  const leases = new Lender(clock);
  const governor = { quotas: [{ limit: 10, windowMs: 60_000 }] };
  const line = createHoldline({ clock, retry: false, store: { ...memoryStore(), leases }, governor });
  await callOn(line, clock);
  Object.assign(leases.says, { contended: true });
  await callOn(line, clock);
  const header = (name: string): string | undefined => (name === 'retry-after' ? '30' : undefined);
  const at = clock.now();
  await callOn(line, clock, () => answered('no', { status: 429, header }));
  const { refusal, moves = [] } = leases.requests.at(-1) ?? {};
  expect(refusal?.sentAt).toBeCloseTo(at, -1);
  expect(refusal?.until?.to).toBeCloseTo(at + 30_000, -2);
  expect((refusal?.until?.to ?? 0) - (refusal?.until?.from ?? 0)).toBeGreaterThanOrEqual(1_000);
  // The platform did not count it, so its place is free again as if it had not been lent.
  expect(moves.at(-2)).toBeLessThanOrEqual((at + 1) / 240);
  await line.close();
});

it('has lines know what the fleet believes, and tells it', async () => {
  const clock = new VirtualClock();
  const leases = new Lender(clock);
  const governor = { quotas: [{ limit: 10, windowMs: 1_000 }] };
  const line = createHoldline({ clock, store: { ...memoryStore(), leases }, governor });
  const learned: unknown[] = [];
  line.on('quotaLearned', (event) => learned.push(event));
  await callOn(line, clock);
  Object.assign(leases.says, { limit: 7, counts: 'fixed', edge: { from: 5, to: 6 } });
  await callOn(line, clock);
  await callOn(line, clock);
  expect(learned).toEqual([
    { scope: 'credential:none@https://api.example.com', limit: 7, windowMs: 1_000, counts: 'fixed' },
  ]);
  expect(line.snapshot().scopes[0]?.quotas[0]?.fleet).toEqual({
    processes: 1,
    limit: 7,
    counts: 'fixed',
    isLost: false,
  });
  await line.close();
});

it('lends what goes beyond the limit only to those that can bear to be refused', async () => {
  const clock = new VirtualClock();
  const leases = new Lender(clock);
  Object.assign(leases.says, { isTrial: true });
  const governor = { quotas: [{ limit: 10, windowMs: 1_000 }] };
  const store = { ...memoryStore(), leases };
  const hasty = createHoldline({ clock, retry: false, store, governor });
  const late = startOn(hasty);
  await clock.advance(1_000);
  expect(leases.requests[0]?.mayAsk).toBe(false);
  Object.assign(leases.says, { isTrial: false });
  await clock.advance(1_000);
  expect(await late).toBe('answered');
  Object.assign(leases.says, { isTrial: true });
  leases.requests.length = 0;
  const patient = createHoldline({ clock, retry: 'batch', store, governor });
  expect(await callOn(patient, clock)).toBe('answered');
  expect(leases.requests[0]?.mayAsk).toBe(true);
  await Promise.all([hasty.close(), patient.close()]);
});

it('reckons with the share of the others when it says how long a call would wait', async () => {
  const clock = new VirtualClock();
  const leases = new Lender(clock);
  Object.assign(leases.says, { contended: true, processes: 4 });
  const line = createHoldline({
    clock,
    store: { ...memoryStore(), leases },
    governor: { quotas: [{ limit: 40, windowMs: 1_000 }] },
  });
  await callOn(line, clock);
  Object.assign(leases.says, { limit: 40, permits: [], askAt: 1e9 });
  await clock.advance(2_000);
  const waiting = Array.from({ length: 50 }, () => startOn(line));
  await clock.advance(0);
  const { now } = line.explain({ method: 'GET', url: 'https://api.example.com/' });
  // The 51st of ten per second.
  expect(now.waitMs).toBeGreaterThan(4_000);
  expect(now.waitMs).toBeLessThan(6_000);
  await line.close();
  await Promise.all(waiting);
});

it('has given back what it held when it is closed', async () => {
  const clock = new VirtualClock();
  const leases = new Lender(clock);
  const governor = { quotas: [{ limit: 10, windowMs: 1_000 }] };
  const line = createHoldline({ clock, store: { ...memoryStore(), leases }, governor });
  await callOn(line, clock);
  let arrive: (() => void) | undefined;
  const { exchange } = leases;
  leases.exchange = async (...args) => {
    await new Promise<void>((resolve) => (arrive = resolve));
    return exchange.apply(leases, args);
  };
  let closed = false;
  void line.close().then(() => (closed = true));
  await clock.advance(0);
  expect(closed).toBe(false);
  arrive?.();
  await clock.advance(0);
  expect(closed).toBe(true);
});
