import { describe, expect, it } from 'vitest';
import { type WireEntry, WireLog } from './wire-log.js';

function entry(id: number): WireEntry {
  const shared = { method: 'GET', path: '/', route: 'GET /', status: 200, bodyHash: '', executed: true };
  return { ...shared, id, at: id, outcome: 'answered' };
}

describe('WireLog', () => {
  it('drops the oldest tenth when it is full', () => {
    const log = new WireLog(20);
    for (let id = 1; id <= 21; id += 1) log.add(entry(id));
    const ids = log.list().map(({ id }) => id);
    expect(ids).toEqual([3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21]);
  });

  it('keeps the members of an ended entry, and shows the changes of an open one', () => {
    const log = new WireLog();
    const open: WireEntry = { ...entry(1), outcome: 'open' };
    const ended: WireEntry = { ...entry(2), outcome: 'open', token: 't1', idempotencyKey: 'k' };
    log.add(open);
    const number = log.add(ended);
    Object.assign(ended, { outcome: 'refused', status: 429, finishedAt: 9, refusedBy: 'l', duplicate: true });
    log.end(number);
    open.bodyHash = 'h';
    const final = { ...ended };
    ended.status = 0;
    expect(log.list()).toStrictEqual([{ ...entry(1), outcome: 'open', bodyHash: 'h' }, final]);
  });

  it('ends no other entry after it lost one, or after clear', () => {
    const log = new WireLog(10);
    const lost = log.add(entry(1));
    for (let id = 2; id <= 11; id += 1) log.add({ ...entry(id), outcome: 'open' });
    log.end(lost);
    log.clear();
    log.add({ ...entry(12), outcome: 'open' });
    log.end(5);
    expect(log.list()).toStrictEqual([{ ...entry(12), outcome: 'open' }]);
  });

  it('keeps fewer entries with long paths', () => {
    const log = new WireLog(1000, 10_000);
    for (let id = 1; id <= 500; id += 1) log.end(log.add({ ...entry(id), finishedAt: id, path: 'x'.repeat(100) }));
    const ids = log.list().map(({ id }) => id);
    expect(ids.at(-1)).toBe(500);
    expect(ids.length).toBeGreaterThanOrEqual(90);
    expect(ids.length).toBeLessThanOrEqual(115);
    expect(ids).toEqual(Array.from({ length: ids.length }, (_, index) => 501 - ids.length + index));
  });

  it('returns copies', () => {
    const log = new WireLog();
    const live = entry(1);
    log.add(live);
    const before = log.list();
    live.status = 503;
    log.add(entry(2));
    expect(before).toEqual([entry(1)]);
  });
});
