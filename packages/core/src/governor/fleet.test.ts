import { expect, it } from 'vitest';
import { createHoldline, type Holdline } from '../index.js';
import { answered } from '../outcome.js';
import { memoryStore, type LeaseReply, type Leases } from '../ports.js';
import { VirtualClock } from '../testing.js';

/** A store that lends all that is wanted, as long as it works. */
class Lender implements Leases {
  readonly onLoss = 'refuse';
  readonly processes = 1;
  works = true;
  /** The quotas that were asked for, each with the ledger that was known. */
  readonly asked: string[] = [];

  constructor(readonly clock: VirtualClock) {}

  async exchange(...[{ scope }, { demand, ledger }]: Parameters<Leases['exchange']>): Promise<LeaseReply> {
    this.asked.push(`${scope.slice(scope.indexOf('|'))} ${ledger}`);
    if (!this.works) throw new Error('not there');
    const now = this.clock.now();
    const permits = [{ count: demand, from: now, freeAtTick: 1_000_000 }];
    const belief = { limit: 10, counts: undefined, edge: undefined };
    return { ledger: 'a', now, processes: 1, contended: false, ...belief, isTrial: false, askAt: now, permits };
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

async function callOn(line: Holdline, clock: VirtualClock): Promise<string> {
  const ended = line
    .run({
      method: 'GET',
      url: 'https://api.example.com/',
      headers: { get: () => undefined, set: () => undefined },
      replayable: true,
      send: () => Promise.resolve(answered('ok', { status: 200, header: () => undefined })),
    })
    .then(
      () => 'answered',
      (error: { code: string }) => error.code,
    );
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
