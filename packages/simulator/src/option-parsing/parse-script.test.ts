import { describe, expect, it } from 'vitest';
import { SimulatorOptionError } from '../option-error.js';
import { parseScript } from './parse-script.js';

describe('scripts', () => {
  it.each([
    ['pass', 'answers is "pass"; allowed: an array of answers'],
    [['skip'], 'answers[0] is "skip"'],
    [[{}], 'answers[0].status is undefined'],
    [[{ status: 100 }], 'answers[0].status is 100; allowed: a whole number from 200 to 599'],
    [[{ status: 200, drop: 'during' }], "answers[0].drop is \"during\"; allowed: 'before', 'after'"],
    [
      [{ status: 0, drop: 'before', execute: true }],
      "answers[0].execute is true; allowed: only false with drop 'before'",
    ],
    [[{ status: 200, revoke: 1 }], 'answers[0].revoke is 1'],
    [[{ status: 200, after: 1 }], 'answers[0].after is 1; allowed: only the keys status, headers'],
  ])('refuse %j', (given, message) => {
    expect(() => parseScript(given)).toThrow(SimulatorOptionError);
    expect(() => parseScript(given)).toThrow(message);
  });
});
