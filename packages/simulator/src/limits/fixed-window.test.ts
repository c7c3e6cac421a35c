import { describe, expect, it } from 'vitest';
import { replayTable } from '../testing/meter-table.js';
import { FixedWindow } from './fixed-window.js';

describe('FixedWindow', () => {
  it('starts its windows at zero', () => {
    replayTable(new FixedWindow(2, 1000, 0), [
      [0, 0],
      [10, 0],
      [10, 990],
      [999, 1],
      [1000, 0],
      [1500, 0],
      [1999, 1],
      [2000, 0],
    ]);
  });

  it('allows two bursts at the edge of a window, as platforms do', () => {
    replayTable(new FixedWindow(2, 1000, 0), [
      [999, 0],
      [999, 0],
      [1000, 0],
      [1000, 0],
      [1001, 999],
    ]);
  });

  it('shifts the edges by the phase', () => {
    replayTable(new FixedWindow(1, 1000, 300), [
      [0, 0],
      [299, 1],
      [300, 0],
      [301, 999],
      [1299, 1],
      [1300, 0],
    ]);
  });

  it('keeps its count when the limit is raised or reduced', () => {
    const meter = new FixedWindow(2, 1000, 0);
    replayTable(meter, [
      [0, 0],
      [0, 0],
      [0, 1000],
    ]);
    meter.changeLimit(3);
    replayTable(meter, [
      [1, 0],
      [1, 999],
    ]);
    meter.changeLimit(1);
    replayTable(meter, [
      [2, 998],
      [1000, 0],
      [1000, 1000],
    ]);
  });

  it('reports the remaining permits and the end of the window', () => {
    const meter = new FixedWindow(3, 1000, 0);
    replayTable(meter, [[250, 0]]);
    expect(meter.readQuota(400)).toEqual({ remaining: 2, resetMs: 600 });
    meter.changeLimit(1);
    replayTable(meter, [[500, 500]]);
    expect(meter.readQuota(500)).toEqual({ remaining: 0, resetMs: 500 });
  });
});
