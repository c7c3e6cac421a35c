import { describe, expect, it } from 'vitest';
import { SimulatorOptionError } from '../option-error.js';
import { isMoreExact, matchesPattern, parsePattern, extractParams } from './path-pattern.js';
import { splitPath } from './request-path.js';
import { guessRouteName } from './route-name.js';

describe('patterns', () => {
  it.each([
    ['GET /api/v2/users/:id', 'GET', '/api/v2/users/42', true],
    ['GET /api/v2/users/:id', 'GET', '/api/v2/users/42/', true],
    ['GET /api/v2/users/:id', 'POST', '/api/v2/users/42', false],
    ['GET /api/v2/users/:id', 'GET', '/api/v2/users', false],
    ['GET /api/v2/users/:id', 'GET', '/api/v2/users/42/skills', false],
    ['GET /api/v2/users/{userId}', 'GET', '/api/v2/users/42', true],
    ['GET /api/v2/users/{userId}', 'GET', '/api/v2/users', false],
    ['get /api/v2/users/*', 'GET', '/api/v2/users/42', true],
    ['* /api/v2/**', 'DELETE', '/api/v2/a/b/c', true],
    ['* /api/v2/**', 'DELETE', '/api/v2', true],
    ['* /api/v2/**', 'DELETE', '/api/v1/a', false],
    ['POST /api/v2/analytics/**', 'POST', '/api/v2/analytics/users/details/query', true],
    ['* /**', 'GET', '/', true],
    ['GET /a.c', 'GET', '/abc', false],
  ])('match: %s against %s %s is %s', (pattern, method, path, expected) => {
    expect(matchesPattern(parsePattern('match', pattern), method, splitPath(path))).toBe(expected);
  });

  it.each([
    '',
    'GET',
    '/api',
    'GET api',
    'GET  /api',
    'GET /api x',
    'GET /a/**/b',
    'GET /a*',
    'GET /:',
    'GET /a?b=1',
    'GET /{',
    'GET /{}',
    'GET /a{id}b',
    7,
  ])('refuse %j and describe the form of a pattern', (text) => {
    expect(() => parsePattern('match', text)).toThrow(SimulatorOptionError);
    expect(() => parsePattern('match', text)).toThrow(/^match is .*allowed: a method or \*/);
  });

  it('extract parameters and decode them where possible', () => {
    const pattern = parsePattern('match', 'GET /users/:id/files/:name');
    expect(extractParams(pattern, splitPath('/users/a%20b/files/%zz'))).toEqual({ id: 'a b', name: '%zz' });
    expect(parsePattern('match', 'GET /users/{id}/files/{name}')).toEqual(pattern);
  });

  it('name unknown routes by replacing segments with digits by :id', () => {
    expect(guessRouteName('GET', splitPath('/api/v2/architect/ivrs/0d3a-11'))).toBe('GET /api/v2/architect/ivrs/:id');
    expect(guessRouteName('GET', splitPath('/api/v2/flows'))).toBe('GET /api/v2/flows');
  });
});

describe('isMoreExact', () => {
  it.each([
    ['GET /users/search', 'GET /users/:id', true],
    ['GET /users/:id', 'GET /users/search', false],
    ['GET /users/:id', 'GET /users/:userId', false],
    ['GET /a/:id/c', 'GET /a/b/:id', false],
  ])('%s before %s: %s', (one, other, expected) => {
    expect(isMoreExact(parsePattern('one', one), parsePattern('other', other))).toBe(expected);
  });
});
