import { CXONE_DEFAULT_LIMITS } from '../cxone/default-limits.js';
import { ASSUMED_LATENCY } from '../options/latency-options.js';
import type { ProfileFact, SimulatorProfile } from './simulator-profile.js';

const DIGITAL: ProfileFact = {
  grade: 'A',
  source:
    'developer.niceincontact.com/API/DigitalEngagementAPI, "subject to change". The form of the window is assumed',
};

/** NICE CXone with the limits that the vendor documents, all of Digital Engagement, and a plausible latency. */
export const CXONE: SimulatorProfile = {
  name: 'cxone',
  description:
    'NICE CXone with the documented limits of Digital Engagement; no limit of the other APIs is documented. The latency is assumed',
  options: {
    platform: 'cxone',
    limits: [...CXONE_DEFAULT_LIMITS],
    tokens: { expiresInMs: 3_600_000 },
    latency: {
      ...ASSUMED_LATENCY,
      routes: {
        'POST /auth/token': { p50Ms: 90, p95Ms: 250, p99Ms: 600 },
        'POST /authentication/v1/token/access-key': { p50Ms: 90, p95Ms: 250, p99Ms: 600 },
        // A long poll answers when there are events. A latency of its own would come on top.
        'GET /incontactapi/services/agent-sessions/:sessionId/get-next-event': 0,
        'GET /**': { p50Ms: 45, p95Ms: 160, p99Ms: 450 },
      },
    },
  },
  facts: {
    ...Object.fromEntries(CXONE_DEFAULT_LIMITS.map(({ name }) => [`limits.${name}`, DIGITAL])),
    'tokens.expiresInMs': { grade: 'B', source: 'FAQ of the vendor: tokens generally expire after an hour' },
    latency: { grade: 'assumed', source: 'the vendor publishes no latencies; plausible values for load tests' },
  },
};
