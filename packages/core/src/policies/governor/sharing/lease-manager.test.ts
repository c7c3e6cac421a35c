import { describe, expect, it } from 'vitest';
import { createHoldline, type Holdline, memoryStore, quotaSharing } from '../../../index.js';
import { answered, type Outcome } from '../../../contract/outcome.js';
import { type LeaseNews, type LeaseReply, type LeaseRequest, type Leases } from '../../../contract/leases.js';
import { VirtualClock } from '../../../testing.js';

/** A store that lends all requested permits while it works. */
class Lender implements Leases {
  readonly sharing = quotaSharing;
  readonly onLoss;
  readonly processes = 1;
  works = true;
  /** Requested quotas, with the known ledger. */
  readonly asked: string[] = [];
  readonly requests: LeaseRequest[] = [];
  /** Additional fields of its replies. */
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
    const estimate = { limit: 10, counts: undefined, edge: undefined };
    const reply = {
      ledger: 'a',
      now,
      processes: 1,
      contended: false,
      ...estimate,
      isTrial: false,
      askAt: now,
      permits,
    };
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

/** A store that sends news. */
class Newsroom extends Lender {
  listener: LeaseNews | undefined = undefined;
  readonly closed: [scope: string, forMs: number][] = [];
  readonly gates = new Map<string, number>();

  override closeGate(scope?: string, forMs = 0): Promise<void> {
    this.closed.push([scope ?? '', forMs]);
    return this.works ? Promise.resolve() : Promise.reject(new Error('not there'));
  }

  override gateOf(scope?: string): number {
    return this.gates.get(scope ?? '') ?? 0;
  }

  override listen(listener?: LeaseNews): () => void {
    this.listener = listener;
    return () => (this.listener = undefined);
  }
}

const OK = (): Outcome => answered('ok', { status: 200, header: () => undefined });

/** Runs one call. Returns its result. */
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

it('accepts calls again once the store replies, after refusing all of them', async () => {
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

describe('news', () => {
  const SCOPE = 'credential:none@https://api.example.com';
  const refused = (): Outcome =>
    answered('no', {
      status: 429,
      header: (name) => (name === 'retry-after' ? '3' : undefined),
      threw: true,
      limitKey: 'client.rate',
    });
  function fleetOf(onLoss?: Leases['onLoss']) {
    const clock = new VirtualClock();
    const leases = new Newsroom(clock, onLoss);
    const quotas = [
      { name: 'client.rate', limit: 10, windowMs: 1_000 },
      { limit: 100, windowMs: 10_000 },
    ];
    const line = createHoldline({
      clock,
      store: { ...memoryStore(), leases },
      governor: { quotas, gateJitterMs: 0 },
      retry: false,
      breaker: false,
    });
    const events: [name: string, event: object][] = [];
    for (const name of ['storeLost', 'storeBack', 'storeFailed'] as const)
      line.on(name, (event) => events.push([name, event]));
    return { clock, leases, line, events };
  }

  it('of a closed gate goes to other processes, and theirs closes the local gate', async () => {
    const { clock, leases, line } = fleetOf();
    expect(await callOn(line, clock, refused)).not.toBe('answered');
    expect(leases.closed).toEqual([[SCOPE, 3_000]]);
    await clock.advance(10_000);
    expect(await callOn(line, clock)).toBe('answered');
    leases.listener?.onGate('credential:somebody else', 5_000);
    expect(await callOn(line, clock)).toBe('answered');
    leases.listener?.onGate(SCOPE, 5_000);
    const waits = startOn(line);
    await clock.advance(4_999);
    expect(line.snapshot().queued).toBe(1);
    await clock.advance(1_000);
    expect([await waits, leases.closed.length]).toEqual(['answered', 1]);
    await line.close();
    expect(leases.listener).toBeUndefined();
  });

  it('of a closed gate applies to a new scope', async () => {
    const { clock, leases, line } = fleetOf();
    leases.gates.set(SCOPE, 2_000);
    const waits = startOn(line);
    await clock.advance(1_999);
    expect(line.snapshot().queued).toBe(1);
    await clock.advance(1_000);
    expect(await waits).toBe('answered');
    await line.close();
  });

  it('that cannot be sent is reported as an event', async () => {
    const { clock, leases, line, events } = fleetOf('share');
    expect(await callOn(line, clock)).toBe('answered');
    leases.works = false;
    await callOn(line, clock, refused);
    expect(events.filter(([name]) => name === 'storeFailed')).toEqual([
      ['storeFailed', { operation: 'gates.close', message: 'not there' }],
    ]);
    await line.close();
  });

  it('of a lost store is reported once for all quotas, and once when it is back', async () => {
    const { clock, leases, line, events } = fleetOf('share');
    expect(await callOn(line, clock)).toBe('answered');
    await clock.advance(20_000);
    leases.works = false;
    for (let i = 0; i < 3; i++) expect(await callOn(line, clock)).toBe('answered');
    expect(events).toEqual([['storeLost', { onLoss: 'share', message: 'not there' }]]);
    leases.works = true;
    const before = clock.now();
    leases.listener?.onReady();
    await clock.advance(0);
    expect(events.slice(1).map(([name]) => name)).toEqual(['storeBack']);
    const { lostForMs } = events[1]?.[1] as { lostForMs: number };
    expect(lostForMs).toBeGreaterThan(1_000);
    expect(lostForMs).toBeLessThanOrEqual(before - 21_000);
    await line.close();
  });

  it('of free permits wakes calls waiting for this quota', async () => {
    const { clock, leases, line } = fleetOf();
    expect(await callOn(line, clock)).toBe('answered');
    await clock.advance(20_000);
    Object.assign(leases.says, { permits: [], askAt: clock.now() + 60_000 });
    void startOn(line);
    await clock.advance(1_000);
    expect(line.snapshot().queued).toBe(1);
    const asked = leases.asked.length;
    leases.listener?.onChange('somebody else|1000');
    await clock.advance(100);
    expect(leases.asked.length).toBe(asked);
    leases.listener?.onChange(`${SCOPE}|client.rate|1000`);
    await clock.advance(100);
    expect(leases.asked.slice(asked)).toEqual(['|client.rate|1000 a']);
    await line.close();
  });

  it('ignores other quotas: each lease has its own name', async () => {
    const { clock, leases, line } = fleetOf();
    const names = new Set<string>();
    const { exchange } = leases;
    leases.exchange = (quota, request) => (names.add(request.process), exchange.call(leases, quota, request));
    const other = createHoldline({
      clock,
      store: { ...memoryStore(), leases },
      governor: { quotas: [{ limit: 9, windowMs: 1_000 }] },
    });
    for (const one of [line, other]) expect(await callOn(one, clock)).toBe('answered');
    expect(names.size).toBe(3);
    await Promise.all([line.close(), other.close()]);
  });
});

it('starts another ledger for a new window, because ticks differ', async () => {
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

it('reports used permits to the ledger of a new window before any request', async () => {
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

it('reports a lost store once, and its return once, across a new window', async () => {
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

it('continues when a gate opens, although nothing is lent while it is closed', async () => {
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

it('reports a refusal to the ledger at once, with its end', async () => {
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
  // The platform did not count the attempt, so its permit is free again.
  expect(moves.at(-2)).toBeLessThanOrEqual((at + 1) / 240);
  await line.close();
});

it('passes the shared estimate to lines, and back to the ledger', async () => {
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

it('lends trials only to calls that tolerate a refusal', async () => {
  const clock = new VirtualClock();
  const leases = new Lender(clock);
  Object.assign(leases.says, { isTrial: true });
  const governor = { quotas: [{ limit: 10, windowMs: 1_000 }] };
  const store = { ...memoryStore(), leases };
  const hasty = createHoldline({ clock, retry: false, store, governor });
  const late = startOn(hasty);
  await clock.advance(1_000);
  expect(leases.requests[0]?.mayRunTrial).toBe(false);
  Object.assign(leases.says, { isTrial: false });
  await clock.advance(1_000);
  expect(await late).toBe('answered');
  Object.assign(leases.says, { isTrial: true });
  leases.requests.length = 0;
  const patient = createHoldline({ clock, retry: 'batch', store, governor });
  expect(await callOn(patient, clock)).toBe('answered');
  expect(leases.requests[0]?.mayRunTrial).toBe(true);
  await Promise.all([hasty.close(), patient.close()]);
});

it('includes the share of other processes in wait estimates', async () => {
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
  // The 51st call at ten per second.
  expect(now.waitMs).toBeGreaterThan(4_000);
  expect(now.waitMs).toBeLessThan(6_000);
  await line.close();
  await Promise.all(waiting);
});

it('gives back held permits when closed', async () => {
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
