import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { originOf, pathOf, targetOf } from './url.js';

/** The origin according to `new URL`; '' for a URL whose origin must not get a token. */
function urlOrigin(url: string): string {
  try {
    const { origin, protocol } = new URL(url);
    return ['http:', 'https:', 'ws:', 'wss:', 'ftp:'].includes(protocol) ? origin : '';
  } catch {
    return '';
  }
}

describe('originOf equals the origin of `new URL`', () => {
  it.each([
    'https://api.test',
    'https://API.Test:443/x',
    'HTTPS://api.test:0443',
    'http://api.test:80',
    'http://api.test:443',
    'wss://api.test:443/s',
    'https://api.test:8443',
    'https://api.test:99999',
    'https://api.test:/x',
    'https://user:pass@api.test/x',
    'https://api.test@evil.test/x',
    'https://api.test:pw@evil.test:443',
    'https://api.test\\@evil.test',
    'https://evil.test\\.api.test',
    'https://api.test%2eevil.test',
    'https://api.test\t.evil.test',
    'https://evil.test#@api.test',
    'https://evil.test?@api.test',
    'https:api.test/x',
    'https:/api.test/x',
    'https:\\\\api.test/x',
    ' https://api.test',
    'ht\ntps://api.test',
    'https://[::1]:443/x',
    'https://[2001:DB8::1]:8443',
    'https://0x7f.1',
    'https://1.2.3',
    'https://xn--ls8h.test',
    'https://xn--0.test',
    'https://bücher.test',
    'https://K.test',
    '//api.test/x',
    '/x?u=https://api.test',
    'x?u=https://api.test',
    'a://b',
    'blob:https://api.test/1',
    'data:text/plain,https://api.test',
    'https://',
    '://api.test',
    '',
  ])('%j', (url) => expect(originOf(url)).toBe(urlOrigin(url)));

  const piece = fc.constantFrom(
    'https',
    'http',
    'wss',
    'HTTPS',
    'ftp',
    'x',
    ':',
    '/',
    '//',
    '\\',
    '@',
    '?',
    '#',
    '.',
    '..',
    '-',
    '_',
    '%2e',
    '%',
    '\t',
    '\n',
    ' ',
    '\0',
    '443',
    '80',
    '0',
    '08',
    '8443',
    '65536',
    '1',
    '0x1',
    'api',
    'test',
    'Evil',
    'xn--',
    'user',
    'é',
    'ß',
    '。',
    '[',
    ']',
    '::1',
    '&',
    '=',
    ';',
  );
  it('for arbitrary strings', () => {
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join('')),
        (url) => {
          expect(originOf(url)).toBe(urlOrigin(url));
          expect(originOf(`https://${url}`)).toBe(urlOrigin(`https://${url}`));
          expect(originOf(`https://api.test${url}`)).toBe(urlOrigin(`https://api.test${url}`));
        },
      ),
      { numRuns: 3_000 },
    );
  });

  it('for arbitrary web URLs', () => {
    fc.assert(
      fc.property(
        fc.webUrl({
          withQueryParameters: true,
          withFragments: true,
          authoritySettings: { withPort: true, withUserInfo: true, withIPv4: true, withIPv6: true },
        }),
        (url) => {
          expect(originOf(url)).toBe(urlOrigin(url));
        },
      ),
      { numRuns: 1_000 },
    );
  });
});

describe('pathOf', () => {
  it.each([
    ['https://api.test', '/'],
    ['https://api.test?x=/y', '/'],
    ['https://api.test#/y', '/'],
    ['https://api.test/a/b?x=1#y', '/a/b'],
    ['https://api.test/a#b?c', '/a'],
    ['https://u:p@api.test/a', '/a'],
    ['//api.test/a', '/a'],
    ['/a/b?x', '/a/b'],
    ['/x?u=http://b/c', '/x'],
    ['x?u=https://b/c', 'x'],
    ['a/b', 'a/b'],
    ['?x', '/'],
    ['', '/'],
    ['https://api.test//a', '//a'],
  ])('%s: %s', (url, path) => expect(pathOf(url)).toBe(path));

  it('equals the path of `new URL` for normalised URLs', () => {
    const word = fc.stringMatching(/^[a-z0-9~_-]{1,6}$/);
    const path = fc.array(word, { maxLength: 4 }).map((words) => `/${words.join('/')}`);
    const query = fc.option(fc.constantFrom('?a=b', '?u=https://x.test/y', '?/', '?a#b', '#/x', '#?'), { nil: '' });
    const authority = fc.constantFrom('https://api.test', 'http://u:p@h:81', 'https://[::1]', '//api.test', '');
    fc.assert(
      fc.property(authority, path, query, (origin, rest, tail) => {
        const url = origin + rest + tail;
        const parsed = new URL(url, 'https://base.test');
        expect(pathOf(url)).toBe(parsed.pathname);
        expect(targetOf(url)).toBe(parsed.pathname + parsed.search);
      }),
    );
  });
});
