import { createHoldline } from '@holdline/core';
import { describe, expect, test } from 'vitest';
import { cxone, cxoneCache } from './index.js';

const ACD = 'https://api-na1.niceincontact.com/incontactapi/services/v23.0';

describe('cxoneCache', () => {
  test('is a valid configuration together with the preset, and with the options of the user', () => {
    for (const options of [
      {},
      { settingsTtlMs: 0, directoryTtlMs: 1, staleWhileRevalidateMs: 2, staleIfThrottledMs: 3 },
    ])
      expect(() => createHoldline(cxone(cxoneCache(options)))).not.toThrow();
  });

  test('gives settings five minutes and directories one minute by default', () => {
    const { endpoints = {} } = cxoneCache();
    expect(endpoints['GET /skills/:skillId']?.cache).toEqual({
      ttlMs: 300_000,
      staleWhileRevalidateMs: 300_000,
      staleIfThrottledMs: 3_600_000,
    });
    expect(endpoints['GET /teams/:teamId/agents']?.cache).toEqual({
      ttlMs: 60_000,
      staleWhileRevalidateMs: 60_000,
      staleIfThrottledMs: 3_600_000,
      invalidateBy: ['* /agents/**'],
    });
  });

  test('takes the times of the user', () => {
    const { endpoints = {} } = cxoneCache({ settingsTtlMs: 900_000, directoryTtlMs: 5, staleWhileRevalidateMs: 1 });
    expect(endpoints['GET /scripts']?.cache).toMatchObject({ ttlMs: 900_000, staleWhileRevalidateMs: 1 });
    expect(endpoints['GET /agents']?.cache).toMatchObject({ ttlMs: 5, staleWhileRevalidateMs: 1 });
  });

  test('caches nothing that changes by the second or belongs to a session', () => {
    const { endpoints = {} } = cxoneCache();
    const cached = Object.entries(endpoints).flatMap(([pattern, { cache }]) => (cache ? [pattern] : []));
    for (const pattern of cached) {
      expect(pattern).toMatch(/^GET /);
      expect(pattern).not.toMatch(
        /agent-sessions|contacts\/:|messages|agentId\/queues|callbacks|activity|states|client-data|time/,
      );
    }
    for (const pattern of ['GET /cache/agentstate', 'GET /skills/activity'])
      expect(endpoints[pattern]).toEqual({ cache: false, coalesce: true });
  });

  // The patterns for one skill, agent or team match these paths too.
  test.each([
    ['/skills/activity', '/skills/activity'],
    ['/agents/client-data', '/agents/client-data'],
    ['/agents/states', '/agents/states'],
    ['/skills/summary', '/skills/summary'],
  ])('names %s as a route of its own', (path, pattern) => {
    const line = createHoldline(cxone(cxoneCache()));
    expect(line.explain({ method: 'GET', url: `${ACD}${path}` }).route).toBe(`GET ${pattern}`);
  });

  test.each([
    [{ settingsTtlMs: -1 }, 'settingsTtlMs'],
    [{ ttlMs: 1 }, 'ttlMs is not known'],
  ])('refuses %j', (options, message) => {
    expect(() => cxoneCache(options as never)).toThrow(message);
  });
});
