import { ASSUMED_LATENCY } from '../options/latency-options.js';
import type { SimulatorProfile } from './simulator-profile.js';

const LIMITS_PAGE = 'developer.genesys.cloud/organization/organization/limits#platform-api';

/** Genesys Cloud with the limits that the vendor documents, and a plausible latency. */
export const GENESYS_DEFAULT: SimulatorProfile = {
  name: 'genesys-default',
  description: 'Genesys Cloud with its documented limits, token lifetime and channels, and an assumed latency',
  options: {
    platform: 'genesys',
    operations: true,
    limits: [
      { name: 'token.rate.per.minute', per: 'token', limit: 300, windowMs: 60_000, enforcement: 'fixed' },
      {
        name: 'architect.ivrs.put',
        per: 'route',
        match: 'PUT /api/v2/architect/ivrs/:id',
        limit: 100,
        windowMs: 60_000,
        enforcement: 'fixed',
      },
      {
        name: 'flows.get',
        per: 'org',
        match: 'GET /api/v2/flows',
        limit: 12_000,
        windowMs: 60_000,
        enforcement: 'fixed',
      },
    ],
    tokens: { expiresInMs: 86_400_000 },
    notifications: { channelsPerUser: 20, topicsPerChannel: 1000, expiresInMs: 86_400_000 },
    latency: ASSUMED_LATENCY,
  },
  facts: {
    'limits.token.rate.per.minute': {
      grade: 'A',
      source: `${LIMITS_PAGE}: 300 per token; client.credentials.token.rate.per.minute has the same number. The form of the window is assumed`,
    },
    'limits.architect.ivrs.put': {
      grade: 'B',
      source: 'community.genesys.com: 100 a minute. The scope and the form of the window are assumed',
    },
    'limits.flows.get': {
      grade: 'B',
      source:
        'community.genesys.com, rate-limit-introduction-on-the-flows-query-endpoints: 12,000 a minute for pages of 25, fewer for larger pages. The simulator does not weigh pages; the scope is assumed',
    },
    'tokens.expiresInMs': {
      grade: 'A',
      source: 'model documentation of the SDK: 5 minutes to 48 hours, default 24 hours',
    },
    'notifications.channelsPerUser': {
      grade: 'A',
      source: 'documentation of the SDK: 20 channels, the 21st evicts the oldest',
    },
    'notifications.topicsPerChannel': { grade: 'B', source: 'community.genesys.com, websocket-limit: 1,000 topics' },
    'notifications.expiresInMs': {
      grade: 'B',
      source: 'community.genesys.com: 24 hours, extended by each subscription',
    },
    latency: { grade: 'assumed', source: 'the vendor publishes no latencies; plausible values for load tests' },
  },
};
