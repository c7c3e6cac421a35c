import { describe, expect, it } from 'vitest';
import type { SharedQuota } from '../../../contract/leases.js';
import { UsageReport } from './usage-report.js';

const QUOTA = { windowMs: 1_000, tickMs: 4 } as SharedQuota;

describe('what a process has to tell the ledger', () => {
  it('is nothing to begin with', () => {
    const account = new UsageReport();
    expect([account.isPending, account.hasNews, account.nextBatch()]).toEqual([false, false, { id: 0, moves: [] }]);
  });

  it('is told as one list, each way of a place once', () => {
    const account = new UsageReport();
    account.move(5, 9, 1);
    account.move(5, 9, 2);
    account.move(0, 9, 1);
    account.move(5, 0, 1);
    account.move(0, 0, 7);
    expect([account.isPending, account.hasNews]).toEqual([true, true]);
    expect(account.nextBatch()).toEqual({ id: 1, moves: [5, 9, 3, 0, 9, 1, 5, 0, 1] });
    expect([account.isPending, account.hasNews]).toEqual([true, false]);
  });

  it('is told again as it was until it has arrived; what came since is another list', () => {
    const account = new UsageReport();
    account.move(5, 9, 1);
    const first = account.nextBatch();
    account.move(6, 9, 1);
    expect(account.nextBatch()).toBe(first);
    expect(account.hasNews).toBe(true);
    account.confirm();
    expect(account.nextBatch()).toEqual({ id: 2, moves: [6, 9, 1] });
    account.confirm();
    expect([account.isPending, account.nextBatch()]).toEqual([false, { id: 0, moves: [] }]);
  });

  it('is forgotten where the places are free by now either way', () => {
    const account = new UsageReport();
    account.move(5, 9, 1);
    account.move(3, 5, 1);
    account.move(9, 4, 1);
    account.dropPast((tick) => tick <= 5);
    expect(account.nextBatch().moves).toEqual([5, 9, 1, 9, 4, 1]);
  });

  it('is dropped as a whole, told or not, where nobody wants to know it', () => {
    const account = new UsageReport();
    account.move(5, 9, 1);
    account.nextBatch();
    account.move(6, 9, 1);
    account.drop();
    expect([account.isPending, account.nextBatch()]).toEqual([false, { id: 0, moves: [] }]);
  });
});

describe('what a process spent', () => {
  it('is known for a window from its answer on, never as earlier than it was', () => {
    const account = new UsageReport();
    account.recordSpent(10, 2, QUOTA);
    account.recordSpent(12, 1, QUOTA);
    account.recordSpent(13, 1, QUOTA);
    expect(account.spent(20, QUOTA)).toEqual([
      [12, 3],
      [16, 1],
    ]);
    expect(account.spent(1_012, QUOTA)).toEqual([[16, 1]]);
    expect(account.spent(1_015, QUOTA)).toEqual([[16, 1]]);
    expect(account.spent(1_016, QUOTA)).toEqual([]);
  });

  it('is that of the last window, however long it went on', () => {
    const account = new UsageReport();
    for (let now = 0; now <= 100_000; now += 4) account.recordSpent(now, 1, QUOTA);
    const spent = account.spent(100_000, QUOTA);
    expect(spent.length).toBe(250);
    expect(spent[0]).toEqual([99_004, 1]);
  });
});
