import { describe, expect, it } from 'vitest';
import { Tally } from './stats.js';

describe('Tally', () => {
  it('counts routes beyond the ten thousandth together', () => {
    const tally = new Tally(0);
    for (let route = 0; route < 10_050; route += 1) tally.arrived(`GET /${route}`, 1);
    expect(Object.keys(tally.stats.byRoute)).toHaveLength(10_001);
    expect(tally.stats.byRoute.other).toMatchObject({ requests: 50 });
    expect(tally.stats.requests).toBe(10_050);
  });
});
