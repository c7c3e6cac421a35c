import { fingerprint, sharedFingerprint } from '../crypto/fingerprint.js';
import type { TokenOptions } from '../policies/token/options.js';
import { mayCarry } from '../policies/token/policy.js';
import type { TokenSource } from '../policies/token/source.js';
import type { Call } from './call.js';

/** Whether the scope of a circuit is that of a credential known by its fingerprint. */
export function isOfFingerprint(scope: string): boolean {
  return /^\S* credential:(?!none@)/.test(scope);
}

/** Names the credential of a call. */
export type CredentialReader = (call: Call) => string;

/** The tokens that a line manages. */
export interface ManagedTokens {
  readonly options: Pick<TokenOptions, 'origins'>;
  /** That by which a call goes. */
  sourceOf(call: Call): TokenSource;
}

/**
 * The line's own credential where the line signs the call with its token, else what the client sends. A call to where the token may
 * not go is none of the credential's, and spends nothing of it.
 *
 * @param salt Makes the names those of a whole fleet. Left out: they are of this process only.
 */
export function credentialReader(managed: ManagedTokens | undefined, salt?: string): CredentialReader {
  // Mostly that of the next call too: it is found by this name, and one that is made anew has to be hashed anew.
  let last: string | undefined;
  let lastName = '';
  let lastOrigin = '';
  let nameWithout = 'credential:none@';
  return (call) => {
    if (managed && isSigned(managed.options, call)) {
      const source = managed.sourceOf(call);
      if (!source.isEmpty) return source.scope;
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

/** Of a path alone, which is only explained, nobody knows where it leads: taken to be the client's own API. */
function isSigned(options: Pick<TokenOptions, 'origins'>, call: Call): boolean {
  return call.origin === '' ? call.request.ownOrigin === '' : mayCarry(options, call);
}
