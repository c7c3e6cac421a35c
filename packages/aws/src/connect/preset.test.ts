import { DescribeUserCommand, GetMetricDataCommand, type ConnectClient } from '@aws-sdk/client-connect';
import { createHoldline, holdlineOf } from '@holdline/core';
import { describe, expect, it } from 'vitest';
import { connectTo, startConnect } from '../connect.fixture.js';
import { amazonConnect, guardAws } from '../index.js';

const ORIGIN = 'https://connect.eu-west-2.amazonaws.com';
const ID = '4f1a2b3c-5d6e-4f70-8a9b-0c1d2e3f4a5b';
const OTHER = '9e8d7c6b-5a49-4382-9172-6f5e4d3c2b1a';

/** The limits of one operation, and its route. */
function explain(method: string, path: string): { route: string; quotas: unknown[]; safe: boolean } {
  const line = createHoldline(amazonConnect());
  const { route, scopes, repeatable } = line.explain({ method, url: ORIGIN + path });
  const quotas = scopes.flatMap(({ quotas: all }) => all.map(({ limit, windowMs }) => ({ limit, windowMs })));
  return { route, quotas, safe: repeatable.safe };
}

describe('the preset of Amazon Connect', () => {
  it.each([
    ['GET', `/users/${ID}/${OTHER}`, 2],
    ['POST', '/contact/attributes', 2],
    ['PUT', '/contact/chat', 5],
    ['POST', '/contact/start-streaming', 5],
    ['POST', `/metrics/current/${ID}`, 5],
    ['POST', `/metrics/historical/${ID}`, 5],
    ['POST', '/metrics/data', 2],
  ])('%s %s: %i per second', (method, path, limit) => {
    expect(explain(method, path).quotas).toEqual([{ limit, windowMs: 1_000 }]);
  });

  it('counts all users of an instance together, and each operation by itself', () => {
    const first = explain('GET', `/users/${ID}/${OTHER}`);
    expect(explain('GET', `/users/${ID}/${ID}`).route).toBe(first.route);
    expect(explain('GET', `/queues/${ID}/${OTHER}`).route).not.toBe(first.route);
  });

  it('counts by operation, whatever an id looks like', () => {
    const ids = ['user-1', 'ada@example.com', 'arn%3Aaws%3Aconnect%3Aeu-west-2%3A123456789012%3Ainstance%2Fi'];
    for (const id of ids) expect(explain('GET', `/users/${id}/${id}`).route).toBe('GET /users/:InstanceId/:UserId');
  });

  it('knows the POSTs that only read', () => {
    expect(explain('POST', '/search-users').safe).toBe(true);
    expect(explain('POST', `/metrics/historical/${ID}`).safe).toBe(true);
    expect(explain('POST', '/contact/stop').safe).toBe(false);
  });

  it('keeps the limits of the platform: a burst of 20 users and metrics is never refused', async () => {
    const simulator = await startConnect({ limits: [] });
    const client = guardAws<ConnectClient>(connectTo(simulator), {
      endpoints: {
        '* /**': { governor: { quotas: [{ limit: 200, windowMs: 1_000, burst: 5, enforcement: 'bucket' }] } },
      },
    });
    simulator.set({
      limits: [
        {
          name: 'users',
          per: 'tenant',
          match: 'GET /users/:i/:u',
          limit: 220,
          windowMs: 1_000,
          burst: 5,
          enforcement: 'bucket',
        },
      ],
    });
    await Promise.all(
      Array.from({ length: 20 }, () => client.send(new DescribeUserCommand({ InstanceId: ID, UserId: OTHER }))),
    );
    await client.send(
      new GetMetricDataCommand({
        InstanceId: ID,
        StartTime: new Date(0),
        EndTime: new Date(1),
        Filters: {},
        HistoricalMetrics: [],
      }),
    );
    expect(simulator.stats().refused).toBe(0);
  });

  it('is under the configuration of the user, for clients of Connect', async () => {
    const simulator = await startConnect();
    const client = guardAws(connectTo(simulator), {
      endpoints: { 'POST /search-users': { governor: { quotas: [{ limit: 9, windowMs: 1_000 }] } } },
    });
    const line = holdlineOf(client);
    const limitsOf = (path: string): unknown[] =>
      line
        ?.explain({ method: 'POST', url: simulator.url + path })
        .scopes.flatMap(({ quotas }) => quotas.map(({ limit }) => limit)) ?? [];
    expect(limitsOf('/search-users')).toEqual([9]);
    expect(limitsOf('/search-queues')).toEqual([2]);
  });
});
