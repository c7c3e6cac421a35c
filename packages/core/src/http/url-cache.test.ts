import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { originOf, pathOf } from './url.js';
import { knownOriginOf, placeOf } from './url-cache.js';

/** After an origin these make another one of it, or end it. */
const AFTER = [
  '',
  '/',
  '?',
  '#',
  '@',
  ':',
  '.',
  '\\',
  '//',
  ':80',
  ':443/',
  '@evil.test/',
  '.evil.test/',
  '\t/',
  '%2e/',
  'x',
];
const ORIGINS = [
  'https://api.test',
  'http://api.test',
  'https://api.test:8443',
  'HTTPS://API.test',
  'https://[::1]',
  '',
];

describe('the origin and the path of a URL', () => {
  it('are what they would be without the memory of the one before', () => {
    const url = fc
      .tuple(fc.constantFrom(...ORIGINS), fc.constantFrom(...AFTER), fc.stringMatching(/^[a-b/?#@:\\.]{0,8}$/))
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(url, url, (before, after) => {
        knownOriginOf(before);
        const place = { origin: originOf(after), path: pathOf(after) };
        expect(placeOf(after)).toEqual(place);
        expect(knownOriginOf(after)).toBe(place.origin);
        expect(placeOf(after)).toEqual(place);
        placeOf(before);
        expect(placeOf(after)).toEqual(place);
      }),
      { numRuns: 5_000 },
    );
  });
});
