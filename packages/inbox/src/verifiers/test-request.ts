import type { InboundRequest, Verification, Verifier } from '../types.js';

/** A request as a verifier sees it. Repeated headers are joined as web headers are. */
export function inboundRequest(body: string | Uint8Array, headers: Record<string, string> = {}): InboundRequest {
  const all = new Headers(headers);
  return {
    method: 'POST',
    url: 'https://inbox.example.com/webhooks',
    header: (name) => all.get(name) ?? undefined,
    body: typeof body === 'string' ? new TextEncoder().encode(body) : body,
  };
}

/** Verifies a request. Resolves with the events, or with the status of the rejection. */
export async function outcomeOf(
  verifier: Verifier,
  body: string | Uint8Array,
  headers: Record<string, string>,
  now = Date.UTC(2026, 0, 1),
): Promise<unknown> {
  const verification: Verification = await verifier(inboundRequest(body, headers), now);
  return 'events' in verification ? verification.events : verification.status;
}
