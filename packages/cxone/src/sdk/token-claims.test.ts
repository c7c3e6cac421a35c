import { describe, expect, test } from 'vitest';
import { readClaims } from './token-claims.js';

const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const jwt = (claims: object): string => `${part({ alg: 'RS256' })}.${part(claims)}.sig`;

describe('the owner of a token', () => {
  test.each([
    [`Bearer ${jwt({ tenantId: 't', sub: 'user:1' })}`, { tenant: 't', credential: 't/user:1' }],
    [`Bearer ${jwt({ tenantId: 't', sub: 'user:1', userId: 'u' })}`, { tenant: 't', credential: 't/u' }],
    [`Bearer ${jwt({ tenantId: 't' })}`, { tenant: 't' }],
    [`Bearer ${jwt({ tenantId: 'ü', sub: 1 })}`, { tenant: expect.any(String) as string }],
    [`Bearer ${jwt({ sub: 'user:1' })}`, {}],
    ['Bearer opaque', {}],
    ['Bearer a.b%%.c', {}],
    [`Bearer x.${Buffer.from('no json').toString('base64url')}.y`, {}],
    ['Basic YTpi', {}],
  ])('%s', (authorization, claims) => {
    expect(readClaims(authorization)).toEqual(claims);
  });
});
