/** The owner of a token, by its claims. */
export interface TokenOwner {
  tenant?: string;
  credential?: string;
}

/** Reads tenant and user from a bearer token of the platform. Other values give an empty object. */
export function readClaims(authorization: string): TokenOwner {
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

/** A reader of claims that remembers the last token, because most requests carry the same one. */
export function createClaimsReader(): (authorization: string | undefined) => TokenOwner | undefined {
  let last: string | undefined;
  let owner: TokenOwner = {};
  return (authorization) => {
    if (authorization === undefined) return undefined;
    if (authorization !== last) {
      last = authorization;
      owner = readClaims(authorization);
    }
    return owner;
  };
}
