import type { Call } from '../contract/call.js';
import { fingerprint, sharedFingerprint } from '../crypto/fingerprint.js';
import { cachedOriginOf } from '../http/url-cache.js';

/** Whether the scope of a circuit names a credential by its fingerprint. */
export function isOfFingerprint(scope: string): boolean {
  return /^\S* credential:(?!none@)/.test(scope);
}

/** Names the credential of a call. */
export type CredentialReader = (call: Call) => string;

/** The origins that a line's token may be sent to. */
export interface TokenOrigins {
  readonly origins?: readonly string[] | undefined;
}

/** Whether the line's token may be sent with this call. */
export function mayCarryToken({ origins }: TokenOrigins, { request, origin }: Call): boolean {
  if (request.ownCredential || origin === '') return false;
  const { ownOrigin = '' } = request;
  return origins ? origins.includes(origin) : origin === cachedOriginOf(ownOrigin);
}

/** The tokens that a line manages. */
export interface ManagedTokens {
  readonly options: TokenOrigins;
  /** The scope of the credential that signs a call; undefined if it has no token and cannot get one. */
  scopeOf(call: Call): string | undefined;
}

/**
 * Makes a function that names the credential of a call: the credential of the line if the line signs the call, else that of the
 * client. A call to an origin that must not get the token does not spend the quota of the line's credential.
 *
 * @param salt - Makes the names equal in all processes with this salt. Without it, the names hold in this process only.
 */
export function credentialReader(managed: ManagedTokens | undefined, salt?: string): CredentialReader {
  // Most calls have the credential of the previous call. The cached name saves the hash.
  let last: string | undefined;
  let lastName = '';
  let lastOrigin = '';
  let nameWithout = 'credential:none@';
  return (call) => {
    if (managed && isSigned(managed.options, call)) {
      const scope = managed.scopeOf(call);
      if (scope !== undefined) return scope;
    }
    const { credential, headers } = call.request;
    const own = credential ?? headers.get('authorization');
    if (own === undefined) {
      const { origin } = call;
      if (origin !== lastOrigin) nameWithout = `credential:none@${(lastOrigin = origin)}`;
      return nameWithout;
    }
    if (own !== last) {
      last = own;
      lastName = `credential:${salt === undefined ? fingerprint(own) : sharedFingerprint(own, salt)}`;
    }
    return lastName;
  };
}

/** Whether the line signs the call. `explain` accepts a path without an origin, which counts as the client's own API. */
export function isSigned(options: TokenOrigins, call: Call): boolean {
  return call.origin === '' ? call.request.ownOrigin === '' : mayCarryToken(options, call);
}
