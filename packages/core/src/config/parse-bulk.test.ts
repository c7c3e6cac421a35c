import { describe, expect, it } from 'vitest';
import { ConfigError, createHoldline, type BulkOptions } from '../index.js';

const BULK: BulkOptions = { list: '/users', parameter: 'id', max: 50 };
const create = (pattern: string, bulk: object): unknown =>
  createHoldline({ endpoints: { [pattern]: { bulk: { ...BULK, ...bulk } } } });

describe('bulk reads of an endpoint', () => {
  it.each<[string, string, object]>([
    ['the required options', 'GET /users/:id', {}],
    ['a list with a parameter of the endpoint', 'GET /teams/:team/members/:id', { list: '/teams/:team/members' }],
    ['an id that is not the last parameter', 'GET /users/:id/presences/:kind', { id: 'id', list: '/p/:kind' }],
    ['an answer that is the array', 'GET /users/:id', { items: '' }],
    ['a value of the query that is empty', 'GET /users/:id', { query: { filter: '' } }],
    ['any method', '* /users/:id', {}],
  ])('take %s', (_, pattern, bulk) => {
    expect(() => create(pattern, bulk)).not.toThrow();
  });

  it.each<[string, string, object, string]>([
    ['no list', 'GET /users/:id', { list: undefined }, "endpoints['GET /users/:id'].bulk.list is missing"],
    ['no parameter', 'GET /users/:id', { parameter: undefined }, '.bulk.parameter is missing'],
    ['no maximum', 'GET /users/:id', { max: undefined }, '.bulk.max is missing'],
    ['a maximum of zero', 'GET /users/:id', { max: 0 }, 'bulk.max'],
    ['an empty parameter', 'GET /users/:id', { parameter: '' }, 'bulk.parameter'],
    ['an unknown option', 'GET /users/:id', { batch: 1 }, 'batch'],
    ['a negative time', 'GET /users/:id', { withinMs: -1 }, 'bulk.withinMs'],
    ['a query that is no text', 'GET /users/:id', { query: { a: 1 } }, 'bulk.query'],
    ['an endpoint without a parameter', 'GET /users', {}, "needs an endpoint such as 'GET /users/:id'"],
    ['an endpoint of any depth', 'GET /users/:id/**', {}, "needs an endpoint such as 'GET /users/:id'"],
    ['a write', 'PUT /users/:id', {}, "needs an endpoint such as 'GET /users/:id'"],
    ['an id that is no parameter', 'GET /users/:id', { id: 'user' }, 'one of id'],
    ['a list with another parameter', 'GET /a/:x/:id', { list: '/a/:y' }, 'a path whose parameters are among :x'],
    ['a list with the id', 'GET /users/:id', { list: '/users/:id' }, 'a path whose parameters are among none'],
    ['a list with a wildcard', 'GET /users/:id', { list: '/users/*' }, 'a path whose parameters are among none'],
    ['a list with a query', 'GET /users/:id', { list: '/users?id=1' }, 'bulk.list'],
    ['a list that is no path', 'GET /users/:id', { list: 'users' }, 'bulk.list'],
  ])('refuse %s', (_, pattern, bulk, message) => {
    expect(() => create(pattern, bulk)).toThrow(ConfigError);
    expect(() => create(pattern, bulk)).toThrow(message);
  });
});
