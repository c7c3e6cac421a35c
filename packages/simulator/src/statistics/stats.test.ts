import { describe, expect, it } from 'vitest';
import { RequestCounters } from './stats.js';

describe('RequestCounters', () => {
  it('counts all routes beyond the ten thousandth together', () => {
    const counters = new RequestCounters(0);
    for (let route = 0; route < 10_050; route += 1) counters.countArrival(`GET /${route}`, 1);
    expect(Object.keys(counters.stats.byRoute)).toHaveLength(10_001);
    expect(counters.stats.byRoute.other).toMatchObject({ requests: 50 });
    expect(counters.stats.requests).toBe(10_050);
  });
});
