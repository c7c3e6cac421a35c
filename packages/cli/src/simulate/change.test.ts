import { ConfigError } from '@holdline/core';
import { expect, test } from 'vitest';
import { describeChange, describeChanges, parseChanges } from './change.js';

const parse = (text: string) => parseChanges(text, ['agents', 'night jobs'], '--what-if');

test.each([
  ['limit=600/60s', { kind: 'limit', limit: 600, windowMs: 60_000 }, 'A limit of 600 per 60 s'],
  ['credentials=2', { kind: 'credentials', count: 2 }, 'A second credential'],
  ['credentials=5', { kind: 'credentials', count: 5 }, 'A pool of 5 credentials'],
  [
    'priority=low:night jobs',
    { kind: 'priority', priority: 'low', group: 'night jobs' },
    'Priority low for night jobs',
  ],
  [
    'cache=GET /users/:id:60s',
    { kind: 'cache', route: 'GET /users/:id', ttlMs: 60_000 },
    'A cache of 60 s for GET /users/:id',
  ],
  ['cache=*:500ms', { kind: 'cache', route: '*', ttlMs: 500 }, 'A cache of 500 ms for all reads'],
  ['coalesce', { kind: 'coalesce' }, 'Joining identical calls'],
  [
    'bulk=GET /users/:id:50',
    { kind: 'bulk', route: 'GET /users/:id', size: 50, collectMs: 0 },
    'A bulk request for up to 50 calls of GET /users/:id',
  ],
  [
    'bulk=POST /a:10:20ms',
    { kind: 'bulk', route: 'POST /a', size: 10, collectMs: 20 },
    'A bulk request for up to 10 calls of POST /a',
  ],
  ['drop=agents', { kind: 'drop', group: 'agents' }, 'A load without agents'],
])('%s', (text, change, words) => {
  const [parsed] = parse(text);
  expect(parsed).toEqual(change);
  expect(parsed && describeChange(parsed)).toBe(words);
});

test('several changes are tried together', () => {
  const changes = parse('credentials=2 + limit=20/1s');
  expect(changes.map(({ kind }) => kind)).toEqual(['credentials', 'limit']);
  expect(parse('drop=agents + priority=low:night jobs + cache=*:1s + cache=GET /a:2s + coalesce')).toHaveLength(5);
  expect(describeChanges(changes)).toBe('A second credential with a limit of 20 per 1 s');
});

test.each([
  ['limit=600', 'requests per window such as 300/60s, got "600"'],
  ['limit=0/60s', 'requests per window such as 300/60s, got "0/60s"'],
  ['limit=5/0s', 'a duration such as 250ms, 60s, 5m or 2h, above 0, at most a year, got "0s"'],
  ['credentials=0', 'credentials= with an integer from 1 to 1000, got "credentials=0"'],
  ['priority=urgent:agents', 'priority= with high, normal, low, background, and a group'],
  ['priority=low:others', 'a change of one of the groups agents, night jobs, got "priority=low:others"'],
  ['drop=others', 'a change of one of the groups agents, night jobs'],
  ['cache=GET /a', "cache= with a route and a time, as 'cache=GET /users/:id:60s' or 'cache=*:60s'"],
  ['cache=POST /a:60s', 'cache= with a route of GET or HEAD'],
  ['bulk=GET /a:1', 'bulk= with a route and a size of at least 2'],
  ['limit=5/1s + limit=6/1s', 'changes of different things: two of them change the same, got "limit=5/1s + '],
  ['drop=agents + priority=low:agents', 'changes of different things'],
  ['cache=*:1s + cache=*:2s', 'changes of different things'],
  ['faster', 'limit=600/60s, credentials=2, '],
])('%s is an error', (text, message) => {
  expect(() => parse(text)).toThrow(ConfigError);
  expect(() => parse(text)).toThrow(`--what-if must be ${message}`);
});
