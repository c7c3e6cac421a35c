import { createRandomStream } from '../random.js';
import type { TokenHolder } from '../tokens/token-store.js';

/** Derives a number of seven digits from a name. The platform identifies agents and business units by numbers. */
export function deriveNumber(name: string): number {
  return 1_000_000 + Math.floor(createRandomStream(0, name).next() * 9_000_000);
}

/** Builds the claims of a token. Clients read the tenant and the user from them. */
export function buildClaims(
  holder: TokenHolder,
  host: string,
  wallMs: number,
  expiresInMs: number,
): Record<string, unknown> {
  const { clientId, tenant, user } = holder;
  const iat = Math.floor(wallMs / 1000);
  return {
    iss: `http://${host}`,
    aud: clientId,
    sub: `user:${user}`,
    iat,
    exp: iat + Math.max(1, Math.floor(expiresInMs / 1000)),
    tenantId: tenant,
    tenant,
    userId: user,
    name: user,
    given_name: user,
    family_name: 'Simulated',
    icAgentId: String(deriveNumber(`${tenant}/${user}`)),
    icBUId: deriveNumber(tenant),
    icClusterId: 'sim1',
    teamId: '1',
  };
}

/** Writes an access token in the form of a JWT with readable claims. The signature only makes the token unique. */
export function writeAccessToken(claims: Readonly<Record<string, unknown>>, unique: string): string {
  const signature = Buffer.from(unique, 'hex').toString('base64url');
  return `${encodePart({ alg: 'HS256', typ: 'JWT' })}.${encodePart({ ...claims, jti: unique.slice(0, 16) })}.${signature}`;
}

export function encodePart(value: Readonly<Record<string, unknown>>): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
