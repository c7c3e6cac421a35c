import { describe, expect, it } from 'vitest';
import { Tally } from './stats.js';
import { WireLog, type WireEntry } from './wire.js';

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

  it('gives copies', () => {
    const log = new WireLog();
    const live = entry(1);
    log.add(live);
    const before = log.list();
    live.status = 503;
    log.add(entry(2));
    expect(before).toEqual([entry(1)]);
  });
});

describe('Tally', () => {
  it('counts routes beyond the ten thousandth together', () => {
    const tally = new Tally(0);
    for (let route = 0; route < 10_050; route += 1) tally.arrived(`GET /${route}`, 1);
    expect(Object.keys(tally.stats.byRoute)).toHaveLength(10_001);
    expect(tally.stats.byRoute.other).toMatchObject({ requests: 50 });
    expect(tally.stats.requests).toBe(10_050);
  });
});
