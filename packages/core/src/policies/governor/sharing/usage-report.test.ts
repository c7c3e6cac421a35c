import { describe, expect, it } from 'vitest';
import type { SharedQuota } from '../../../contract/leases.js';
import { UsageReport } from './usage-report.js';

const QUOTA = { windowMs: 1_000, tickMs: 4 } as SharedQuota;

describe('the report for the ledger', () => {
  it('is empty at first', () => {
    const report = new UsageReport();
    expect([report.isPending, report.hasNews, report.nextBatch()]).toEqual([false, false, { id: 0, moves: [] }]);
  });

  it('is one list, with each move once', () => {
    const report = new UsageReport();
    report.move(5, 9, 1);
    report.move(5, 9, 2);
    report.move(0, 9, 1);
    report.move(5, 0, 1);
    report.move(0, 0, 7);
    expect([report.isPending, report.hasNews]).toEqual([true, true]);
    expect(report.nextBatch()).toEqual({ id: 1, moves: [5, 9, 3, 0, 9, 1, 5, 0, 1] });
    expect([report.isPending, report.hasNews]).toEqual([true, false]);
  });

  it('is repeated unchanged until confirmed; later moves form another list', () => {
    const report = new UsageReport();
    report.move(5, 9, 1);
    const first = report.nextBatch();
    report.move(6, 9, 1);
    expect(report.nextBatch()).toBe(first);
    expect(report.hasNews).toBe(true);
    report.confirm();
    expect(report.nextBatch()).toEqual({ id: 2, moves: [6, 9, 1] });
    report.confirm();
    expect([report.isPending, report.nextBatch()]).toEqual([false, { id: 0, moves: [] }]);
  });

  it('drops moves between past ticks', () => {
    const report = new UsageReport();
    report.move(5, 9, 1);
    report.move(3, 5, 1);
    report.move(9, 4, 1);
    report.dropPast((tick) => tick <= 5);
    expect(report.nextBatch().moves).toEqual([5, 9, 1, 9, 4, 1]);
  });

  it('is dropped as a whole, sent or not', () => {
    const report = new UsageReport();
    report.move(5, 9, 1);
    report.nextBatch();
    report.move(6, 9, 1);
    report.drop();
    expect([report.isPending, report.nextBatch()]).toEqual([false, { id: 0, moves: [] }]);
  });
});

describe('the permits that a process used', () => {
  it('are known for one window from the answer on, never as earlier', () => {
    const report = new UsageReport();
    report.recordSpent(10, 2, QUOTA);
    report.recordSpent(12, 1, QUOTA);
    report.recordSpent(13, 1, QUOTA);
    expect(report.spent(20, QUOTA)).toEqual([
      [12, 3],
      [16, 1],
    ]);
    expect(report.spent(1_012, QUOTA)).toEqual([[16, 1]]);
    expect(report.spent(1_015, QUOTA)).toEqual([[16, 1]]);
    expect(report.spent(1_016, QUOTA)).toEqual([]);
  });

  it('are those of the last window, after any time', () => {
    const report = new UsageReport();
    for (let now = 0; now <= 100_000; now += 4) report.recordSpent(now, 1, QUOTA);
    const spent = report.spent(100_000, QUOTA);
    expect(spent.length).toBe(250);
    expect(spent[0]).toEqual([99_004, 1]);
  });
});
