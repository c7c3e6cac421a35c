import { ConfigError, createHoldline } from '@holdline/core';
import { describe, expect, it } from 'vitest';
import { BULK_READS } from '../operations/bulk-reads.js';
import { genesysCloud } from '../preset.js';
import { genesysBulkReads } from './bulk-reads.js';

const USERS = 'GET /api/v2/users/:userId';

describe('genesysBulkReads', () => {
  it('declares each read of the table whose list has the same fields', () => {
    const { endpoints = {} } = genesysBulkReads();
    const same = Object.entries(BULK_READS).filter(([, { lacks }]) => !lacks);
    expect(Object.keys(endpoints)).toEqual(same.map(([pattern]) => pattern));
    expect(same.length).toBeGreaterThan(40);
    expect(endpoints[USERS]).toEqual({
      bulk: {
        list: '/api/v2/users',
        parameter: 'id',
        max: 50,
        id: 'userId',
        items: 'entities',
        key: 'id',
        pageSize: 'pageSize',
        passes: ['expand', 'integrationPresenceSource', 'state'],
        expands: ['expand'],
        except: ['me', 'query', 'rules', 'search'],
        withinMs: 0,
      },
    });
  });

  it('is a valid configuration with the preset, all reads included', () => {
    const routes = [...new Set(Object.keys(BULK_READS).map((pattern) => nameOf(pattern)))];
    expect(routes).toHaveLength(Object.keys(BULK_READS).length);
    const { endpoints = {} } = genesysBulkReads({ routes, withinMs: 5 });
    expect(Object.keys(endpoints)).toEqual(Object.keys(BULK_READS));
    const line = createHoldline(genesysCloud({ endpoints }));
    const explained = line.explain({ method: 'GET', url: 'https://api.mypurecloud.com/api/v2/users/u-1' });
    expect(explained.policies.find(({ name }) => name === 'bulk')?.options).toMatchObject({ max: 50, withinMs: 5 });
  });

  it.each([
    [{ routes: ['users', 'routing/queues'] }, ['GET /api/v2/routing/queues/:queueId', USERS]],
    [{ routes: ['users/presences'] }, ['GET /api/v2/users/:userId/presences/:sourceId']],
    [{ routes: [] }, []],
  ])('declares the reads that %o names', (options, patterns) => {
    expect(Object.keys(genesysBulkReads(options).endpoints ?? {})).toEqual(patterns);
  });

  it.each([
    [{ routes: ['queues'] }, /options\.routes.*'users'/s],
    [{ routes: 'users' }, /options\.routes/],
    [{ withinMs: -1 }, /options\.withinMs/],
    [{ max: 3 }, /max/],
  ])('refuses %o', (options, message) => {
    expect(() => genesysBulkReads(options as never)).toThrow(ConfigError);
    expect(() => genesysBulkReads(options as never)).toThrow(message);
  });
});

function nameOf(pattern: string): string {
  return pattern.replace('GET /api/v2/', '').replace(/\/:\w+/g, '');
}
