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
