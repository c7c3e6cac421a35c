import type { Call } from './call.js';
import { digestOf } from './idempotency/key.js';
import type { TokenOptions } from './token/options.js';
import { mayCarry } from './token/policy.js';
import type { TokenSource } from './token/source.js';

// Different in every process: whoever sees a snapshot cannot try passwords against the name.
const { crypto } = globalThis as { crypto?: Crypto };
const [SALT_A = 0, SALT_B = 0] = crypto?.getRandomValues(new Uint32Array(2)) ?? [];

/**
 * A short name for an Authorization header that gives nothing of it away: 52 bits of two salted FNV-1a runs. For keys of quotas
 * and for snapshots, the same as long as the process lives.
 */
export function fingerprint(secret: string): string {
  let a = 0x811c9dc5 ^ SALT_A;
  let b = 0x050c5d1f ^ SALT_B;
  for (let i = 0; i < secret.length; i++) {
    const c = secret.charCodeAt(i);
    a = Math.imul(a ^ c, 0x01000193);
    b = Math.imul(b ^ (c + i), 0x01000193);
  }
  return ((a >>> 0) * 0x100000 + ((b >>> 0) & 0xfffff)).toString(36);
}

/** Whether the scope of a circuit is that of a credential known by its fingerprint. */
export function isOfFingerprint(scope: string): boolean {
  return /^\S* credential:(?!none@)/.test(scope);
}

/** Names the credential of a call. */
export type CredentialReader = (call: Call) => string;

/** A name that all who have the salt give a credential. */
function sharedFingerprint(secret: string, salt: string): string {
  return digestOf(JSON.stringify([salt, secret])).digest.slice(0, 20);
}

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
