import { describe, expect, it } from 'vitest';
import { RefillMeter } from './refill-meter.js';

describe('the refill of a bucket', () => {
  type Step =
    | ['pass', permits: number]
    | ['emptied', at: number]
    | ['measure', at: number, expected: [perSec: number, permits: number, certainty: string] | undefined];
  it.each<[string, Step[]]>([
    [
      'is unknown after the first refusal: the start of the refill is unknown',
      [
        ['pass', 100],
        ['measure', 1_000, undefined],
      ],
    ],
    [
      'is unknown after a first refusal with few permits, but measured from then on',
      [
        ['pass', 3],
        ['measure', 1_000, undefined],
        ['pass', 8],
        ['measure', 2_000, [8, 8, 'unsure']],
      ],
    ],
    [
      'is the number of permits between two refusals',
      [
        ['pass', 100],
        ['measure', 1_000, undefined],
        ['pass', 10],
        ['measure', 3_000, [5, 10, 'unsure']],
      ],
    ],
    [
      'is the number of permits since a known empty moment',
      [
        ['pass', 30],
        ['emptied', 500],
        ['pass', 8],
        ['measure', 2_500, [4, 8, 'unsure']],
      ],
    ],
    [
      'is sure with many permits',
      [
        ['emptied', 0],
        ['pass', 40],
        ['measure', 4_000, [10, 40, 'sure']],
      ],
    ],
    [
      'is unsure with one permit less',
      [
        ['emptied', 0],
        ['pass', 39],
        ['measure', 3_900, [10, 39, 'unsure']],
      ],
    ],
    [
      'is bounded until measured: one more permit may be nearly refilled',
      [
        ['emptied', 0],
        ['measure', 0, undefined],
        ['measure', 500, [2, 0, 'bound']],
        ['pass', 7],
        ['measure', 800, [10, 7, 'bound']],
        ['pass', 9],
        ['measure', 1_600, [10, 16, 'unsure']],
      ],
    ],
    [
      'is not measured with few permits later; these count for the next measurement',
      [
        ['emptied', 0],
        ['pass', 8],
        ['measure', 800, [10, 8, 'unsure']],
        ['pass', 7],
        ['measure', 1_500, undefined],
        ['pass', 9],
        ['measure', 2_400, [10, 16, 'unsure']],
      ],
    ],
    [
      'is measured again after each refusal',
      [
        ['emptied', 0],
        ['pass', 8],
        ['measure', 800, [10, 8, 'unsure']],
        ['pass', 8],
        ['measure', 1_200, [20, 8, 'unsure']],
      ],
    ],
    [
      'counts weights',
      [
        ['emptied', 0],
        ['pass', 5],
        ['pass', 3],
        ['measure', 1_000, [8, 8, 'unsure']],
      ],
    ],
  ])('%s', (_, steps) => {
    const refill = new RefillMeter();
    for (const step of steps) {
      if (step[0] === 'pass') refill.recordAccepted(step[1]);
      else if (step[0] === 'emptied') refill.recordEmpty(step[1]);
      else {
        const measured = refill.measure(step[1]);
        expect(measured && [measured.perMs * 1_000, measured.permits, measured.certainty]).toEqual(step[2]);
      }
    }
  });
});
