import { createHoldline, type Holdline, type HoldlineEvents } from '@holdline/core';
import { describe, expect, test } from 'vitest';
import { reportDefects } from './defects.js';
import type { ApiClientLike } from './api-client.js';

const grant = (): Promise<undefined> => Promise.resolve(undefined);
const managed = (): Holdline => createHoldline({ token: { grant } });
const withDefects = { _handleExpiredAccessToken: () => undefined, config: { refresh_token_wait_max: 10 } };

function told(line: Holdline): HoldlineEvents['defect'][] {
  const defects: HoldlineEvents['defect'][] = [];
  line.on('defect', (defect) => void defects.push(defect));
  return defects;
}

describe('defects', () => {
  test('all three are told, once, also to who listens after guarding', () => {
    const line = managed();
    reportDefects(withDefects as unknown as ApiClientLike, line);
    reportDefects(withDefects as unknown as ApiClientLike, line);
    const defects = told(line);
    expect(defects).toHaveLength(3);
    expect(new Set(defects.map(({ client }) => client))).toEqual(new Set(['purecloud-platform-client-v2']));
  });

  test('those of the refresh only where the line manages the token', () => {
    const line = createHoldline();
    reportDefects(withDefects as unknown as ApiClientLike, line);
    expect(told(line).map(({ defect }) => defect)).toEqual([expect.stringContaining('never retries')]);
  });

  test('none that this version does not have', () => {
    const line = managed();
    reportDefects({ config: { refresh_token_wait_max: 10_000 } } as unknown as ApiClientLike, line);
    expect(told(line)).toHaveLength(1);
  });
});
