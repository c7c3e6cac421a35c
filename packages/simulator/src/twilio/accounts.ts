import { parseBasic } from '../tokens/authorization-header.js';
import { type AccessToken, TokenStore } from '../tokens/token-store.js';

/** The credentials of Twilio: HTTP Basic with an account or an API key, or a bearer token of an OAuth client. */
export class Accounts extends TokenStore {
  override findAccessToken(authorization: string | undefined): AccessToken | undefined {
    const basic = parseBasic(authorization);
    if (basic === undefined) return super.findAccessToken(authorization);
    const { id, secret } = basic;
    if (secret === '' || !this.acceptsClient(id, secret)) return undefined;
    const tenant = this.findAccount(id);
    return { label: id, clientId: id, tenant, user: id, isPublic: false, expiresAt: Infinity, revoked: false };
  }

  /** The account of a credential. An account SID is its own account. The option `tokens.tenants` names that of a key or an OAuth client. */
  findAccount(id: string): string {
    return this.findTenant(id) ?? (id.startsWith('AC') ? id : `AC${id.slice(2)}`);
  }
}
