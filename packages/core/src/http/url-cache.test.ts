import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { originOf, pathOf } from './url.js';
import { cachedOriginOf, splitUrl } from './url-cache.js';

/** Suffixes that end an origin or change it. */
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
  it('do not depend on the previous URL', () => {
    const url = fc
      .tuple(fc.constantFrom(...ORIGINS), fc.constantFrom(...AFTER), fc.stringMatching(/^[a-b/?#@:\\.]{0,8}$/))
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(url, url, (before, after) => {
        cachedOriginOf(before);
        const place = { origin: originOf(after), path: pathOf(after) };
        expect(splitUrl(after)).toEqual(place);
        expect(cachedOriginOf(after)).toBe(place.origin);
        expect(splitUrl(after)).toEqual(place);
        splitUrl(before);
        expect(splitUrl(after)).toEqual(place);
      }),
      { numRuns: 5_000 },
    );
  });
});
