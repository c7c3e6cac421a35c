import type { IncomingMessage } from 'node:http';
import { BoundedMap } from '../bounded-map.js';
import type { Answer } from '../http/answer.js';
import type { TokenSettings } from '../options/token-options.js';
import type { Random } from '../random.js';
import { type AccessToken, TokenStore } from '../tokens/token-store.js';
import { CREDENTIAL_ERRORS } from './error-answers.js';
import { formatAmzDate, isSignedWith, parseAmzDate, parseSignature } from './signature.js';

/** The key that the platform knows without the option `tokens.clients`. */
const DEFAULT_KEYS: ReadonlyMap<string, string> = new Map([['AKIASIMULATOR', 'simulated']]);
/** Largest difference between the date of a signature and the clock of the server, ms. AWS allows five minutes. */
const MAX_SKEW_MS = 300_000;
/** Maximum number of stored signatures and session tokens. The oldest is deleted first. */
const MAX_ENTRIES = 100_000;

/** The access keys of the platform. A request is authorised by its signature, so there is no token to issue. */
export class AccessKeys extends TokenStore {
  #keys: ReadonlyMap<string, string>;
  readonly #signatures = new BoundedMap<string, true>(MAX_ENTRIES);
  readonly #sessions = new BoundedMap<string, { isExpired: boolean }>(MAX_ENTRIES);

  constructor(random: Random, settings: TokenSettings) {
    super(random, settings);
    this.#keys = settings.clients ?? DEFAULT_KEYS;
  }

  override update(settings: TokenSettings): void {
    super.update(settings);
    this.#keys = settings.clients ?? DEFAULT_KEYS;
  }

  override findAccessToken(authorization: string | undefined): AccessToken | undefined {
    const id = parseSignature(authorization)?.accessKeyId;
    if (id === undefined || !this.#keys.has(id)) return undefined;
    const tenant = this.findTenant(id) ?? ACCOUNT;
    return { label: id, clientId: id, tenant, user: id, isPublic: false, expiresAt: Infinity, revoked: false };
  }

  /** Expires the session tokens that the platform has seen. Permanent keys stay valid. */
  override revokeAccessTokens(): number {
    let count = 0;
    for (const session of this.#sessions.values()) {
      if (!session.isExpired) count += 1;
      session.isExpired = true;
    }
    return count;
  }

  /** Checks the signature, the date and the session of a request whose key is known. */
  check(request: IncomingMessage, wallMs: number): Answer | undefined {
    const given = parseSignature(request.headers.authorization);
    const secret = this.#keys.get(given?.accessKeyId ?? '');
    if (given === undefined || secret === undefined) return CREDENTIAL_ERRORS.unknown();
    const date = String(request.headers['x-amz-date']);
    const signedAt = parseAmzDate(date);
    if (signedAt === undefined || !date.startsWith(given.date)) return CREDENTIAL_ERRORS.wrong();
    if (Math.abs(signedAt - wallMs) > MAX_SKEW_MS)
      return CREDENTIAL_ERRORS.skewed(date, formatAmzDate(wallMs), signedAt > wallMs);
    if (!isSignedWith(request, given, secret)) return CREDENTIAL_ERRORS.wrong();
    const session = request.headers['x-amz-security-token'];
    if (typeof session === 'string') {
      const known = this.#sessions.get(session);
      if (known?.isExpired) return CREDENTIAL_ERRORS.expired();
      if (known === undefined) this.#sessions.set(session, { isExpired: false });
    }
    // AWS accepts a signature twice within its five minutes. The SDK signs the number of the attempt, so no two requests share one.
    if (this.#signatures.has(given.signature)) return CREDENTIAL_ERRORS.used();
    this.#signatures.set(given.signature, true);
    return undefined;
  }
}

/** The account of keys that `tokens.tenants` does not name. */
export const ACCOUNT = '123456789012';
