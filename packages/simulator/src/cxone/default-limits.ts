import type { Limit } from '../options/limit-options.js';

/** The limits that the vendor documents. All belong to Digital Engagement. */
export const CXONE_DEFAULT_LIMITS: readonly Limit[] = [
  {
    name: 'update.contact',
    per: 'tenant',
    // Creating a contact and sending or storing a message count as updates too.
    match: [
      'POST /dfo/3.0/contacts',
      ...buildUpdatePatterns('/dfo/3.0/contacts/:contactId/**'),
      ...buildUpdatePatterns('/dfo/3.0/messages/:messageId/**'),
      'POST /dfo/3.0/channels/:channelId/outbound',
      'POST /dfo/3.0/channels/:channelId/messages',
    ],
    limit: 1_000_000,
    windowMs: 3_600_000,
    enforcement: 'fixed',
  },
  {
    name: 'update.one.contact',
    per: 'entity',
    match: buildUpdatePatterns('/dfo/3.0/contacts/:contactId/**'),
    limit: 17,
    windowMs: 60_000,
    enforcement: 'bucket',
    burst: 250,
  },
  {
    name: 'send.outbound',
    per: 'tenant',
    match: 'POST /dfo/3.0/channels/:channelId/outbound',
    limit: 6000,
    windowMs: 60_000,
    enforcement: 'fixed',
  },
  {
    name: 'store.inbound',
    per: 'tenant',
    match: 'POST /dfo/3.0/channels/:channelId/messages',
    limit: 360_000,
    windowMs: 3_600_000,
    enforcement: 'fixed',
  },
  {
    name: 'get.contact',
    per: 'tenant',
    match: 'GET /dfo/3.0/contacts/:contactId/**',
    limit: 120_000,
    windowMs: 3_600_000,
    enforcement: 'fixed',
  },
];

function buildUpdatePatterns(path: string): string[] {
  return ['PUT', 'PATCH', 'POST', 'DELETE'].map((method) => `${method} ${path}`);
}
