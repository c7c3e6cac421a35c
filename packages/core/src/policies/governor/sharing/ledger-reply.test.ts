import { describe, expect, it } from 'vitest';
import type { LeaseReply, LentPermits } from '../../../contract/leases.js';
import { checkReply } from './ledger-reply.js';
import { sharedQuotaOf } from './lease-terms.js';

const QUOTA = sharedQuotaOf('credential|1000', 100, 1_000);
const NOW = 1_000_000;
const REPLY: LeaseReply = {
  ledger: 'a',
  now: NOW,
  processes: 2,
  contended: false,
  limit: 100,
  counts: undefined,
  edge: undefined,
  isTrial: false,
  askAt: NOW,
  permits: [{ count: 3, from: NOW + 10, freeAtTick: 250_600 }],
};
const lent = (more: Partial<LentPermits>): Partial<LeaseReply> => ({
  permits: [{ count: 1, from: NOW, freeAtTick: 250_600, ...more }],
});

// Issue 13, §1: every reply of a store is checked, because an invalid time would let calls wait permanently.
describe('a reply of a store', () => {
  it('is used unchanged where valid', () => {
    expect(checkReply(REPLY, QUOTA)).toBe(REPLY);
    const fixed = { ...REPLY, counts: 'fixed' as const, edge: { from: NOW, to: NOW }, limit: Infinity, permits: [] };
    expect(checkReply(fixed, QUOTA)).toBe(fixed);
  });

  it.each<[string, Partial<LeaseReply>]>([
    ['ledger is ', { ledger: '' }],
    ['now is NaN', { now: NaN }],
    ['now is Infinity', { now: Infinity }],
    ['now is -1', { now: -1 }],
    ['processes is 1.5', { processes: 1.5 }],
    ['processes is -1', { processes: -1 }],
    ['limit is 0', { limit: 0 }],
    ['limit is NaN', { limit: NaN }],
    ['askAt is Infinity', { askAt: Infinity }],
    ['askAt is NaN', { askAt: NaN }],
    ['counts is guess', { counts: 'guess' as 'fixed' }],
    ['edge is ', { edge: { from: 2, to: 1 } }],
    ['edge is ', { edge: { from: -Infinity, to: 1 } }],
    ['permits is 3', { permits: 3 as unknown as LentPermits[] }],
    ['permits.count is 0', lent({ count: 0 })],
    ['permits.count is 0.75', lent({ count: 0.75 })],
    ['permits.count is Infinity', lent({ count: Infinity })],
    ['permits.from is NaN', lent({ from: NaN })],
    ['permits.from is 9000000', lent({ from: 9_000_000 })],
    ['permits.freeAtTick is 1.5', lent({ freeAtTick: 1.5 })],
    ['permits.freeAtTick is 249000', lent({ freeAtTick: 249_000 })],
  ])('is refused where %s', (message, more) => {
    expect(() => checkReply({ ...REPLY, ...more }, QUOTA)).toThrow(`invalid reply of the store: ${message}`);
  });

  it('is asked again after a few windows at the latest', () => {
    expect(checkReply({ ...REPLY, askAt: NOW + 1e12 }, QUOTA).askAt).toBe(NOW + 6_500);
    const bucket = sharedQuotaOf('credential|1000', 10, 1_000, 'bucket', 100);
    expect(checkReply({ ...REPLY, askAt: NOW + 1e12 }, bucket).askAt).toBe(NOW + 16_500);
  });
});
