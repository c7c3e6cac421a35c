import { answered, ConfigError, createHoldline, type CallRequest, type Holdline } from '@holdline/core';
import { seededRandom, VirtualClock } from '@holdline/core/testing';
import { describe, expect, test } from 'vitest';
import { cxone } from './index.js';

const API = 'https://api-na1.niceincontact.com';

function lineOf(overrides = {}): { line: Holdline; clock: VirtualClock } {
  const clock = new VirtualClock();
  return { clock, line: createHoldline({ ...cxone(overrides), clock, random: seededRandom(1) }) };
}

const request = (method: string, path: string, tenant = 't1'): CallRequest => ({
  method,
  url: API + path,
  headers: { get: (name) => (name.toLowerCase() === 'authorization' ? 'Bearer t' : undefined), set: () => undefined },
  replayable: true,
  tenant,
  send: () => Promise.resolve(answered({}, { status: 200, header: () => undefined })),
});

describe('routes ignore version and case', () => {
  test.each([
    ['/InContactAPI/services/v23.0/agents/4711/skills', 'GET /agents/:id/skills'],
    ['/incontactapi/services/V4.0/Agents/1/Skills', 'GET /agents/:id/skills'],
    ['/gateway/incontactapi/services/v31.0/agents/1/skills', 'GET /agents/:id/skills'],
    ['/incontactapi//services/v23.0/address-books/7/entries', 'GET /address-books/:id/entries'],
    ['/dfo/3.0/contacts/12/messages', 'GET /dfo/:version/contacts/:contactId/messages'],
    ['/DFO/2.0/me', 'GET /dfo/:version/me'],
    ['/engager/2.0/user-statuses', 'GET /engager/:version/user-statuses'],
    [
      '/InContactAPI/services/v23.0/agent-sessions/abc==/get-next-event?timeout=60',
      'GET /agent-sessions/:sessionId/get-next-event',
    ],
  ])('%s', (path, route) => {
    expect(lineOf().line.explain({ method: 'GET', url: API + path }).route).toBe(route);
  });
});

/** Counts how many of `n` calls at once are sent without a wait. */
async function countSent(
  line: Holdline,
  clock: VirtualClock,
  n: number,
  make: (i: number) => CallRequest,
): Promise<number> {
  let ended = 0;
  for (let i = 0; i < n; i++) void line.run(make(i)).then(() => ended++);
  await clock.advance(0);
  return ended;
}

describe('the documented limits of Digital Engagement', () => {
  test.each([
    ['PUT', '/dfo/3.0/contacts/1/status'],
    ['POST', '/dfo/2.0/contacts/1/tags'],
    ['DELETE', '/dfo/3.0/contacts/1/inbox-assignment'],
    ['PATCH', '/dfo/3.0/contacts/1'],
  ])('one contact: 250 at once and 17 more per minute over all its routes: %s %s', async (method, path) => {
    const { line, clock } = lineOf({ governor: { quotas: [], enforcement: 'sliding' } });
    const put = (): CallRequest => request('PUT', '/dfo/3.0/contacts/1/status');
    expect(await countSent(line, clock, 260, put)).toBe(250);
    expect(line.explain({ method, url: API + path }).now.waitMs).toBeGreaterThan(0);
    expect(line.explain({ method: 'PUT', url: `${API}/dfo/3.0/contacts/2/status` }).now.waitMs).toBe(0);
    expect(line.explain({ method: 'GET', url: `${API}/dfo/3.0/contacts/1` }).now.waitMs).toBe(0);
    await clock.advance(60_000);
    expect(line.snapshot().queued).toBe(0);
  });

  test('an outbound message counts for both limits', () => {
    const { line } = lineOf();
    const { scopes } = line.explain({ method: 'POST', url: `${API}/dfo/3.0/channels/c1/outbound` });
    expect(scopes.flatMap(({ quotas }) => quotas.map(({ given }) => given))).toEqual(
      expect.arrayContaining([1_000_000, 6_000, 'discover']),
    );
  });

  test('all users of a tenant share its limit, and other tenants do not', async () => {
    const quotas = [{ limit: 2, windowMs: 60_000, scope: 'tenant' as const, enforcement: 'sliding' as const }];
    const { line, clock } = lineOf({
      endpoints: { 'GET /dfo/:version/contacts/:contactId': { governor: { quotas } } },
    });
    expect(await countSent(line, clock, 6, (i) => request('GET', `/dfo/3.0/contacts/${i}`, i % 2 ? 'a' : 'b'))).toBe(4);
  });

  test.each([
    ['POST', '/dfo/3.0/contacts', 1_000_000],
    ['PUT', '/dfo/3.0/messages/m1/tags/t', 1_000_000],
    ['POST', '/dfo/3.0/channels/c/messages', 360_000],
    ['GET', '/dfo/3.0/contacts/1', 120_000],
    ['GET', '/dfo/3.0/contacts/1/messages', 120_000],
  ])('%s %s is among %i', (method, path, limit) => {
    const { scopes } = lineOf().line.explain({ method, url: API + path });
    expect(scopes.flatMap(({ quotas }) => quotas.map((quota) => quota.limit))).toContain(limit);
  });
});

describe('endpoints without a documented limit', () => {
  test('have a discovered limit, or the one of the user', () => {
    const asked = { method: 'GET', url: `${API}/incontactapi/services/v23.0/agents` };
    const quotasOf = (line: Holdline) => line.explain(asked).scopes.flatMap(({ quotas }) => quotas);
    expect(quotasOf(lineOf().line).map(({ given }) => given)).toEqual(['discover']);
    const own = lineOf({ governor: { quotas: [{ limit: 100, windowMs: 1_000 }] } }).line;
    expect(quotasOf(own).map(({ given }) => given)).toEqual([100]);
  });
});

describe('get-next-event', () => {
  test('has no quota, circuit, slot and deadline', () => {
    const { line } = lineOf({
      bulkhead: { maxConcurrent: 1 },
      deadline: { totalTimeoutMs: 1_000, attemptTimeoutMs: 500 },
    });
    const { policies, scopes } = line.explain({
      method: 'GET',
      url: `${API}/incontactapi/services/v23.0/agent-sessions/1/get-next-event`,
    });
    const named = Object.fromEntries(policies.map(({ name, options }) => [name, options]));
    expect(named['breaker']).toBeUndefined();
    expect(named['deadline']).toEqual({ totalTimeoutMs: Infinity, attemptTimeoutMs: Infinity });
    expect(scopes.map(({ scope }) => scope).join()).not.toMatch(/bulkhead/);
    expect(scopes.flatMap(({ quotas }) => quotas)).toEqual([]);
  });
});

test('a wrong override is a ConfigError', () => {
  expect(() => createHoldline(cxone({ governor: { quotas: [{ limit: 0, windowMs: 1 }] } }))).toThrow(ConfigError);
});
