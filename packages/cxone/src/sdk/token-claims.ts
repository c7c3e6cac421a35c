/** Whose a token of the platform is, as its claims say. */
export function claimsOf(authorization: string): { tenant?: string; credential?: string } {
  const [, payload] = /^Bearer [\w-]+\.([\w-]+)\.[\w-]*$/.exec(authorization) ?? [];
  if (payload === undefined) return {};
  try {
    const claims = JSON.parse(atob(payload.replace(/-/g, '+').replace(/_/g, '/'))) as Record<string, unknown>;
    const { tenantId, sub, userId = sub } = claims;
    if (typeof tenantId !== 'string') return {};
    return { tenant: tenantId, ...(typeof userId === 'string' && { credential: `${tenantId}/${userId}` }) };
  } catch {
    return {};
  }
}
