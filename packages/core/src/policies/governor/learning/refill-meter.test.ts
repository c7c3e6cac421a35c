import { describe, expect, it } from 'vitest';
import { RefillMeter } from './refill-meter.js';

describe('the refill of a bucket', () => {
  type Step =
    | ['pass', permits: number]
    | ['emptied', at: number]
    | ['measure', at: number, expected: [perSec: number, permits: number, certainty: string] | undefined];
  it.each<[string, Step[]]>([
    [
      'is not known from the first refusal: nobody knows since when it flowed',
      [
        ['pass', 100],
        ['measure', 1_000, undefined],
      ],
    ],
    [
      'is not known from it where few passed before either, but measured from then on',
      [
        ['pass', 3],
        ['measure', 1_000, undefined],
        ['pass', 8],
        ['measure', 2_000, [8, 8, 'unsure']],
      ],
    ],
    [
      'is what passed between two',
      [
        ['pass', 100],
        ['measure', 1_000, undefined],
        ['pass', 10],
        ['measure', 3_000, [5, 10, 'unsure']],
      ],
    ],
    [
      'is what passed since it was known to be empty',
      [
        ['pass', 30],
        ['emptied', 500],
        ['pass', 8],
        ['measure', 2_500, [4, 8, 'unsure']],
      ],
    ],
    [
      'is sure where many passed',
      [
        ['emptied', 0],
        ['pass', 40],
        ['measure', 4_000, [10, 40, 'sure']],
      ],
    ],
    [
      'is not quite sure where one less did',
      [
        ['emptied', 0],
        ['pass', 39],
        ['measure', 3_900, [10, 39, 'unsure']],
      ],
    ],
    [
      'is bounded by few until it was measured: one more may be nearly there',
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
      'is not measured by few later, and they count for the next time',
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
      'is measured anew after each',
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
