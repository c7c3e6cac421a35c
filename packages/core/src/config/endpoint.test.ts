import { describe, expect, it } from 'vitest';
import { EndpointMatcher, looksLikeId, parseEndpoint, pathReader, routeName } from './endpoint.js';
import { pathOf } from '../http/url.js';
import { ConfigError } from '../contract/errors.js';
import { createHoldline, type HoldlineConfig } from '../index.js';

/** Patterns that match a request, most specific first. */
function matches(patterns: string[], method: string, path: string, options = {}): string[] {
  const fold = (options as { caseInsensitive?: boolean }).caseInsensitive ? (s: string) => s.toLowerCase() : undefined;
  const matcher = new EndpointMatcher<string>(fold);
  for (const pattern of patterns) matcher.add(parseEndpoint(pattern, 'endpoints'), pattern);
  return matcher.match(method, pathReader(options)(pathOf(path)));
}

describe('endpoint patterns', () => {
  it.each<[string, string, string, boolean]>([
    ['GET /users', 'GET', '/users', true],
    ['GET /users', 'GET', '/users/', true],
    ['GET /users/', 'GET', '/users', true],
    ['GET /users', 'POST', '/users', false],
    ['GET /users', 'GET', '/Users', false],
    ['GET /users', 'GET', '/users/1', false],
    ['GET /users/:id', 'GET', '/users/1', true],
    ['GET /users/:id', 'GET', '/users/1/', true],
    ['GET /users/:id', 'GET', '/users', false],
    ['GET /users/{id}', 'GET', '/users/1', true],
    ['GET /users/{userId}/skills/{skill-id}', 'GET', '/users/1/skills/2', true],
    ['GET /users/{id}', 'GET', '/users', false],
    ['GET /{a}/{b}/**', 'GET', '/users/1/2', true],
    ['GET /users/*', 'GET', '/users/1', true],
    ['GET /users/*/x', 'GET', '/users/1/x', true],
    ['GET /users/**', 'GET', '/users', true],
    ['GET /users/**', 'GET', '/users/1', true],
    ['GET /users/**', 'GET', '/users/1/2/3', true],
    ['GET /users/**', 'GET', '/user', false],
    ['* /users/**', 'PATCH', '/users/1', true],
    ['* /**', 'GET', '/', true],
    ['GET /', 'GET', '/', true],
    ['GET /', 'GET', '/a', false],
    ['GET /a//b', 'GET', '/a//b', true],
    ['GET /a//b', 'GET', '/a/b', false],
    ['GET /users', 'GET', 'https://host.test/users?x=/y#/z', true],
  ])('%s and %s %s: %s', (pattern, method, path, fits) => {
    expect(matches([pattern], method, path)).toEqual(fits ? [pattern] : []);
  });

  it('match a fixed segment before a parameter before the rest, then a method before any method', () => {
    const patterns = ['* /**', 'GET /**', '* /a/**', 'GET /a/**', '* /a/:x', 'GET /a/:x', '* /a/b', 'GET /a/b'];
    expect(matches(patterns, 'GET', '/a/b')).toEqual([...patterns].reverse());
  });

  it('match a parameter if a fixed segment has no match further on', () => {
    expect(matches(['GET /a/b/c', 'GET /a/:x/d'], 'GET', '/a/b/d')).toEqual(['GET /a/:x/d']);
  });

  it.each([
    '',
    'GET',
    '/a',
    'get /a',
    'GET a',
    'GET  /a',
    'GET /a b',
    'GET /a/**/b',
    'GET /a*',
    'GET /a/***',
    'GET /:',
    'GET /a?x=1',
    'GET /a#x',
    'G-T /a',
    'GET /{',
    'GET /}',
    'GET /{}',
    'GET /a{id}b',
    'GET /{id}.json',
    'GET /:{id}',
    'GET /{id',
    'GET /{{id}}',
    'GET /{id:int}',
    'GET /{a}{b}',
    '{method} /a',
  ])("'%s' is refused", (pattern) => {
    expect(() => parseEndpoint(pattern, 'endpoints')).toThrow(ConfigError);
    const allowed = `endpoints must be an endpoint such as 'GET /users/:id', 'GET /users/{id}', `;
    expect(() => parseEndpoint(pattern, 'endpoints')).toThrow(allowed);
  });

  it("a parameter '{id}' is the same as ':id' in every place that takes a pattern", async () => {
    const endpoints: HoldlineConfig['endpoints'] = {
      'PUT /users/{userId}': { governor: { quotas: [{ key: 'userId', limit: 1, windowMs: 1_000 }] } },
      'GET /users/{userId}': { priority: 'low', weight: 2 },
    };
    const line = createHoldline({ endpoints, paths: { stripPrefixes: ['/v/{org}'] } });
    const read = { method: 'GET', url: '/v/acme/users/me' };
    expect(line.explain(read)).toMatchObject({ route: 'GET /users/:userId', priority: 'low' });
    const write = line.explain({ method: 'PUT', url: '/users/me' });
    expect(write.scopes.map(({ scope }) => scope)).toContain('/users/:userId/1per1000:me');
    const undo = line.isolate('GET /users/{userId}');
    expect(line.explain(read).now.circuit).toBe('isolated');
    undo();
    line.update({ endpoints: { 'GET /users/:userId': { priority: 'high' } } });
    line.update({ endpoints: { 'GET /users/{userId}': { keyed: true } } });
    line.update({ endpoints: { 'GET /users/:userId': { priority: 'background' } } });
    expect(line.explain(read)).toMatchObject({ route: 'GET /users/:userId', priority: 'background' });
    await line.close();
  });

  it.each(['/v/{', '/v/{}', '/v/a{id}'])("the prefix '%s' is refused", (prefix) => {
    const make = (): unknown => createHoldline({ paths: { stripPrefixes: [prefix] } });
    expect(make).toThrow(`paths.stripPrefixes[0] must be a path such as '/v2/:org' or '/v2/{org}', got "${prefix}"`);
  });

  it.each<[object, string, string, boolean]>([
    [{ caseInsensitive: true }, 'GET /Users/:id', '/USERS/1', true],
    [{ anchor: '/api/' }, 'GET /api/v2/users', 'https://gw.test/team/x/api/v2/users', true],
    [{ anchor: '/API/', caseInsensitive: true }, 'GET /api/v2/users', '/team/Api/v2/users', true],
    [{ anchor: '/api/' }, 'GET /users', '/users', true],
    [{ stripPrefixes: ['/services/:version'] }, 'GET /agents', '/services/v30.0/agents', true],
    [{ stripPrefixes: ['/services/:version', '/services'] }, 'GET /agents', '/services/v1/agents', true],
    [{ stripPrefixes: ['/gw'] }, 'GET /agents', '/gateway/agents', false],
    [{ stripPrefixes: ['/gw'] }, 'GET /', '/gw', true],
  ])('paths %j: %s and %s: %s', (options, pattern, path, fits) => {
    expect(matches([pattern], 'GET', path, options)).toEqual(fits ? [pattern] : []);
  });

  it('match by segments, not one by one, for 10,000 patterns', () => {
    const endpoints = Object.fromEntries(
      Array.from({ length: 10_000 }, (_, i) => [`GET /r${i}/:id/**`, { weight: (i % 9) + 1 }]),
    );
    const line = createHoldline({ endpoints, governor: false });
    for (const i of [0, 4_999, 9_999])
      expect(line.explain({ method: 'GET', url: `/r${i}/a/b` }).route).toBe(`GET /r${i}/:id/b`);
    const matcher = new EndpointMatcher<number>();
    for (let i = 0; i < 10_000; i++) matcher.add(parseEndpoint(`GET /r${i}/:id`, 'endpoints'), i);
    for (let i = 0; i < 10_000; i++) expect(matcher.match('GET', [`r${i}`, 'x'])).toEqual([i]);
  }, 10_000);
});

describe('route names', () => {
  it.each<[string[], string, string]>([
    [[], '/api/v2/users/me', 'GET /api/v2/users/me'],
    [[], '/api/v2/users/f81d4fae-7dec-11d0-a765-00a0c91e6bf6', 'GET /api/v2/users/:id'],
    [[], '/', 'GET /'],
    [[], '//', 'GET //'],
    [[], '/a/', 'GET /a'],
    [[], '/a//', 'GET /a//'],
    [[], '//a', 'GET //a'],
    [['GET /users/:userId'], '/users/me', 'GET /users/:userId'],
    [['GET /users/{userId}'], '/users/me', 'GET /users/:userId'],
    [['GET /users/:userId', '* /users/**'], '/users/me', 'GET /users/:userId'],
    [['* /users/**'], '/users/12/skills', 'GET /users/:id/skills'],
    [['GET /users/12/**'], '/users/12/skills', 'GET /users/12/skills'],
  ])('%j, %s: %s', (patterns, path, name) => {
    const endpoints = patterns.map((pattern) => parseEndpoint(pattern, 'endpoints'));
    expect(routeName('GET', pathReader({})(path), endpoints)).toBe(name);
  });

  it.each<[string, boolean]>([
    ['users', false],
    ['v2', false],
    ['v30.0', false],
    ['oauth2', false],
    ['me', false],
    ['conversations', false],
    ['12345', true],
    ['7', true],
    ['f81d4fae-7dec-11d0-a765-00a0c91e6bf6', true],
    ['deadbeef00112233', true],
    ['john@example.com', true],
    ['a%20b', true],
    ['2026-01-01', true],
    ['x'.repeat(41), true],
    ['', false],
  ])("'%s' looks like an id: %s", (segment, is) => expect(looksLikeId(segment)).toBe(is));
});
