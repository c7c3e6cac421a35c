import { describe, expect, it } from 'vitest';
import { EXCHANGE_LIMIT_MS } from './bounded-store.js';
import { memoryStore } from './memory-store.js';
import { type Journal } from '../contract/journal.js';
import { type Leases } from '../contract/leases.js';
import { type Store } from '../contract/store.js';
import { quotaSharing } from '../policies/governor/sharing/lease-manager.js';
import { setup } from '../line/transport.fixture.js';

const never = (): Promise<never> => new Promise(() => undefined);

// Issue 13: a custom store may never answer, and no call may wait for it without limit.
describe('a store that never answers', () => {
  const silent: Journal = { get: never, put: never, delete: never };

  it('delays a write by the limit of each exchange, and reports the failures', async () => {
    const { clock, wire, start, told } = setup({ store: { journal: silent } });
    told('storeFailed');
    const write = start({ method: 'POST', context: { transaction: 't' } });
    await clock.advance(EXCHANGE_LIMIT_MS);
    expect(wire.sent).toHaveLength(0);
    await clock.advance(EXCHANGE_LIMIT_MS);
    expect(write.value).toEqual({ status: 200 });
    expect(told('storeFailed')).toMatchObject([
      { operation: 'journal.get', message: 'the store did not answer journal.get within 5 s' },
      { operation: 'journal.put', message: 'the store did not answer journal.put within 5 s' },
    ]);
    await clock.run();
    expect(clock.pending).toBe(0);
  });

  it('counts as lost for shared quotas', async () => {
    const leases: Leases = {
      sharing: quotaSharing,
      onLoss: 'open',
      processes: 1,
      exchange: never,
      closeGate: never,
      gateOf: () => 0,
      listen: () => () => undefined,
    };
    const config = { store: { journal: silent, leases }, governor: { quotas: [{ limit: 1, windowMs: 1_000 }] } };
    const { clock, start } = setup(config);
    const call = start();
    await clock.advance(3 * EXCHANGE_LIMIT_MS);
    expect(call.value).toEqual({ status: 200 });
  });

  it('fails a list of dead letters', async () => {
    const { journal, deadLetters } = memoryStore();
    const mute = Object.assign(Object.create(deadLetters as object) as NonNullable<Store['deadLetters']>, {
      list: never,
    });
    const { line, clock } = setup({ store: { journal, deadLetters: mute } });
    const listed = expect(line.deadLetters.list()).rejects.toMatchObject({ code: 'HOLDLINE_STORE_LOST' });
    await clock.advance(EXCHANGE_LIMIT_MS);
    await listed;
  });
});

describe('a store that answers', () => {
  it('leaves no timer, and its parts keep their private state', async () => {
    class Counting implements Journal {
      #gets = 0;
      get(): Promise<undefined> {
        this.#gets++;
        return Promise.resolve(undefined);
      }
      put = (): Promise<void> => Promise.resolve();
      delete = (): Promise<void> => Promise.resolve();
      get gets(): number {
        return this.#gets;
      }
    }
    const journal = new Counting();
    const { clock, run } = setup({ store: { journal } });
    expect(await run({ method: 'POST', context: { transaction: 't' } })).toMatchObject({
      value: { status: 200 },
      at: 0,
    });
    expect(journal.gets).toBe(1);
    expect(clock.pending).toBe(0);
  });

  it('may throw synchronously', async () => {
    const thrown = (): never => {
      throw new Error('no connection');
    };
    const { clock, run } = setup({ store: { journal: { get: thrown, put: thrown, delete: thrown } } });
    expect(await run({ method: 'POST', context: { transaction: 't' } })).toMatchObject({
      value: { status: 200 },
      at: 0,
    });
    expect(clock.pending).toBe(0);
  });
});
