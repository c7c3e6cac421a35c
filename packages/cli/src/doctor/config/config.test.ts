import type { HoldlineConfig } from '@holdline/core';
import { describe, expect, test } from 'vitest';
import type { Operation } from '../project/operations.js';
import { checkPatterns } from './check-patterns.js';
import { checkPools, loadOf, socketsNeeded } from './check-pools.js';
import { editDistance, nearest } from './nearest.js';

const OPERATIONS: Operation[] = [
  'GET /api/v2/users',
  'GET /api/v2/users/me',
  'GET /api/v2/users/:id',
  'PATCH /api/v2/users/:id',
  'GET /api/v2/users/:id/presences/:id',
  'POST /api/v2/analytics/conversations/details/query',
  'POST /api/v2/analytics/users/aggregates/query',
].map((text) => {
  const [method = '', path = ''] = text.split(' ');
  return { method, path };
});

type Endpoints = NonNullable<HoldlineConfig['endpoints']>;

const check = (endpoints: Endpoints, preset: string[] = []): string[] =>
  checkPatterns({ endpoints, paths: { anchor: '/api/v2/' } }, OPERATIONS, 'the SDK', new Set(preset)).map(
    ({ check: name, where, fix }) => `${name}: ${where.join(', ')}: ${fix}`,
  );

describe('endpoint patterns', () => {
  test.each<[string, string]>([
    ['GET /api/v2/user/:id', "Did you mean 'GET /api/v2/users/:id'?"],
    ['GET /api/v2/usres/{userId}', "Did you mean 'GET /api/v2/users/:id'?"],
    ['GET /users/:id', "Did you mean 'GET /api/v2/users/:id'?"],
    ['PUT /api/v2/users/:id', 'The platform has this path with GET, PATCH.'],
    ['* /api/v2/userss/:id', "Did you mean '* /api/v2/users/:id'?"],
    ['GET /api/v2/quality/forms/:id/versions/:n/questions', 'Compare it with the documentation of the platform.'],
  ])('%s matches no operation: %s', (pattern, fix) => {
    expect(check({ [pattern]: { retry: false } })).toEqual([`unknown-pattern: ${pattern}: ${fix}`]);
  });

  test.each([
    'GET /api/v2/users/:id',
    '* /api/v2/users/**',
    'GET /api/v2/users/me',
    'GET /api/v2/users/:id/presences/purecloud',
    'POST /api/v2/analytics/**',
    '* /**',
  ])('%s matches an operation', (pattern) => {
    expect(check({ [pattern]: { retry: false } })).toEqual([]);
  });

  test('of the preset are not judged by an older SDK', () => {
    expect(check({ 'POST /api/v2/new/query': { readOnly: true } }, ['POST /api/v2/new/query'])).toEqual([]);
  });

  test('are shadowed by a later one that differs only in the names of parameters', () => {
    expect(
      check({ 'GET /api/v2/users/:id': { weight: 2 }, 'GET /api/v2/users/{userId}': { weight: 3 } }),
    ).toMatchObject([
      expect.stringMatching(/^shadowed-pattern: GET \/api\/v2\/users\/:id, hidden by GET \/api\/v2\/users\/\{userId\}/),
    ]);
    expect(
      check({ 'GET /api/v2/users/:id': { weight: 2 }, 'GET /api/v2/users/{userId}': { priority: 'low' } }),
    ).toEqual([]);
  });

  test('are shadowed if each of their operations has a more specific pattern with the same policies', () => {
    const specific: Endpoints = {
      'POST /api/v2/analytics/conversations/**': { retry: false },
      'POST /api/v2/analytics/users/aggregates/query': { retry: false, weight: 2 },
    };
    const general = 'POST /api/v2/analytics/**';
    expect(check({ [general]: { retry: 'batch' }, ...specific })).toHaveLength(1);
    expect(check({ [general]: { retry: 'batch', priority: 'low' }, ...specific })).toEqual([]);
  });

  test('a pattern with a value for a parameter does not hide the pattern with the parameter', () => {
    expect(check({ 'GET /api/v2/users/:id': { weight: 1 }, 'GET /api/v2/users/me': { weight: 2 } })).toEqual([]);
  });

  test('without known operations, only equal patterns are found', () => {
    expect(checkPatterns({ endpoints: { 'GET /nowhere/:id': { weight: 2 } } }, [], '')).toEqual([]);
    expect(checkPatterns({}, OPERATIONS, 'the SDK')).toEqual([]);
  });

  test('of another platform are not compared with operations of Genesys Cloud', () => {
    expect(checkPatterns({ endpoints: { 'GET /orders/:id': { weight: 2 } } }, OPERATIONS, 'the SDK')).toEqual([]);
  });
});

test.each([
  ['kitten', 'sitting', 10, 3],
  ['', 'abc', 10, 3],
  ['abc', 'abc', 10, 0],
  ['abcdef', 'uvwxyz', 3, 3],
])('edit distance of %j and %j within %d', (a, b, limit, expected) => {
  expect(editDistance(a, b, limit)).toBe(expected);
});

test('nothing is near if more than a third differs', () => {
  expect(nearest('GET /a/b', ['POST /x/y/z'])).toBeUndefined();
  expect(nearest('GET /a/b', [])).toBeUndefined();
});

describe('pools', () => {
  const config: HoldlineConfig = {
    governor: {
      quotas: [
        { limit: 300, windowMs: 60_000 },
        { limit: 'discover', windowMs: 1 },
      ],
    },
  };

  test.each<[HoldlineConfig | undefined, number | undefined, number | undefined]>([
    [undefined, undefined, undefined],
    [{ governor: false }, undefined, undefined],
    [config, undefined, 5],
    [config, 4_000, 20],
    [{ ...config, bulkhead: { maxConcurrent: 3 } }, 4_000, 3],
    [{ bulkhead: { maxConcurrent: 8 } }, undefined, 8],
  ])('%j with a p95 of %s ms needs %s sockets', (given, p95, expected) => {
    expect(socketsNeeded(loadOf(given, p95))).toBe(expected);
  });

  test('an agent with fewer sockets than the load needs is a warning, and a configuration without pools is information', () => {
    const literals = [
      { place: 'a.ts:3', maxSockets: 2 },
      { place: 'b.ts:1', maxSockets: 50 },
    ];
    expect(checkPools(config, literals, loadOf(config, undefined))).toMatchObject([
      { check: 'small-pool', severity: 'warning', where: ['a.ts:3: maxSockets 2'] },
      { check: 'no-pools', severity: 'info' },
    ]);
    expect(checkPools(undefined, literals, loadOf(undefined, undefined))).toEqual([]);
  });
});
