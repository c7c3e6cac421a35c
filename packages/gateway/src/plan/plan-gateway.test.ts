import { createHoldline, ConfigError, type HoldlineConfig } from '@holdline/core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { planGateway } from './plan-gateway.js';
import type { GatewayPlan, RoutePattern } from './types.js';

const PLATFORM = 'https://api.mypurecloud.com';
const plan = (config: HoldlineConfig, options = {}): GatewayPlan =>
  planGateway(config, { platform: PLATFORM, ...options });

describe('zones', () => {
  test('a quota of the line counts by credential', () => {
    expect(plan({ governor: { quotas: [{ name: 'Token rate/min', limit: 300, windowMs: 60_000 }] } })).toMatchObject({
      zones: [
        {
          id: 'token_rate_min',
          label: 'Token rate/min',
          key: { by: 'credential' },
          counts: 'window',
          limit: 300,
          windowMs: 60_000,
          burst: 300,
          ratePerSec: 5,
        },
      ],
      common: ['token_rate_min'],
      routes: [],
      notes: [],
    });
  });
});
