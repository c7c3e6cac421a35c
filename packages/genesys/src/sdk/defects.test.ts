import { createHoldline, type Holdline, type HoldlineEvents } from '@holdline/core';
import { describe, expect, test } from 'vitest';
import { reportDefects } from './defects.js';
import type { ApiClientLike } from './api-client.js';

const grant = (): Promise<undefined> => Promise.resolve(undefined);
const managed = (): Holdline => createHoldline({ token: { grant } });
const withDefects = { _handleExpiredAccessToken: () => undefined, config: { refresh_token_wait_max: 10 } };

function reportedBy(line: Holdline): HoldlineEvents['defect'][] {
  const defects: HoldlineEvents['defect'][] = [];
  line.on('defect', (defect) => void defects.push(defect));
  return defects;
}

describe('defects', () => {
  test('all three are reported once, also to listeners that are added later', () => {
    const line = managed();
    reportDefects(withDefects as unknown as ApiClientLike, line);
    reportDefects(withDefects as unknown as ApiClientLike, line);
    const defects = reportedBy(line);
    expect(defects).toHaveLength(3);
    expect(new Set(defects.map(({ client }) => client))).toEqual(new Set(['purecloud-platform-client-v2']));
  });

  test('the refresh defects are reported only if the line manages the token', () => {
    const line = createHoldline();
    reportDefects(withDefects as unknown as ApiClientLike, line);
    expect(reportedBy(line).map(({ defect }) => defect)).toEqual([expect.stringContaining('never retries')]);
  });

  test('a defect that this version does not have is not reported', () => {
    const line = managed();
    reportDefects({ config: { refresh_token_wait_max: 10_000 } } as unknown as ApiClientLike, line);
    expect(reportedBy(line)).toHaveLength(1);
  });
});
