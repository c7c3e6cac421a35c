import { createHoldline } from '@holdline/core';
import { describe, expect, it } from 'vitest';
import { twilioPlatform } from './preset.js';

const explain = (method: string, path: string, line = createHoldline(twilioPlatform())) =>
  line.explain({ method, url: `https://flex-api.twilio.com${path}` });

describe('twilioPlatform', () => {
  it('gives each operation of Flex interactions its own quota', () => {
    const { governor, endpoints = {} } = twilioPlatform();
    expect(governor).toEqual({ quotas: [{ limit: 'discover', windowMs: 1_000 }] });
    expect(Object.keys(endpoints).filter((route) => route.includes('/v1/Interactions'))).toHaveLength(14);
    expect(endpoints['POST /v1/Interactions']).toEqual({ governor: { quotas: [{ limit: 20, windowMs: 1_000 }] } });
    expect(endpoints['POST /v2/WebChats']).toEqual({ governor: { quotas: [{ limit: 5, windowMs: 1_000 }] } });
    expect(explain('POST', '/v1/Interactions/KD1/Channels/UO1').route).toBe(
      'POST /v1/Interactions/:sid/Channels/:channelSid',
    );
  });

  it('keeps the numbers of the preset beside those of the user', () => {
    const {
      governor,
      bulkhead,
      endpoints = {},
    } = twilioPlatform({
      bulkhead: { maxConcurrent: 50 },
      governor: { maxQueued: 10 },
      endpoints: { 'POST /v1/Interactions': { governor: { quotas: [{ limit: 40, windowMs: 1_000 }] } } },
    });
    expect(bulkhead).toEqual({ maxConcurrent: 50 });
    expect(governor).toEqual({ quotas: [{ limit: 'discover', windowMs: 1_000 }], maxQueued: 10 });
    expect(endpoints['POST /v1/Interactions']).toEqual({ governor: { quotas: [{ limit: 40, windowMs: 1_000 }] } });
    expect(endpoints['POST /v2/WebChats']).toBeDefined();
  });
});
