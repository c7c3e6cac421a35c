import { GrantError, shadow, systemClock, type Clock, type TokenOptions, type Undo } from '@holdline/core';
import { currentToken, type AuthLike, type Singleton } from './sdk.js';

/** The SDK wants to renew this long before the end, in seconds. A token that lives no longer would be renewed all the time. */
const RENEWS_BEFORE = 600;

/** A renewal of the SDK that takes longer is not joined any more, ms: as long as core waits for a grant. */
const LONGEST_RENEWAL_MS = 30_000;

/** Token options that use what the SDK has already, and its own way to renew it. */
export function sdkToken(CXoneAuth: Singleton<AuthLike>): TokenOptions {
  return {
    current: () => currentToken(CXoneAuth.instance),
    grant: async () => {
      const auth = CXoneAuth.instance;
      const before = auth.getAuthToken();
      if (!before.refreshToken) return undefined;
      const failure = await renew(auth);
      const after = auth.getAuthToken();
      const token = currentToken(auth);
      if (token && token.accessToken !== before.accessToken) return { ...token, refreshToken: after.refreshToken };
      // It has taken an answer without a token for one, and could never renew again.
      if (!token) auth.setAuthToken(before);
      throw failure;
    },
  };
}

/** Lets the SDK renew. It never rejects; what it tells its listeners says why there may be no token. */
async function renew(auth: AuthLike): Promise<GrantError> {
  let status: unknown;
  let isTold = false;
  const listening = auth.onAuthStatusChange?.subscribe(({ response }) => {
    const { data } = (response ?? {}) as { data?: { status?: unknown } };
    isTold = true;
    status = data?.status;
  });
  try {
    await (auth.isImpersonatedUser && auth.getRegionalRefreshToken
      ? auth.getRegionalRefreshToken()
      : auth.getRefreshToken());
  } finally {
    listening?.unsubscribe();
  }
  if (typeof status === 'number')
    return new GrantError(`the login host answered the SDK with ${status}`, { retryable: status >= 500 });
  // For 429, 503 and a network that fails it says the same: nothing.
  return isTold
    ? new GrantError('the SDK could not renew its token', { retryable: true })
    : new GrantError('the SDK brought no new token and gave no reason', { retryable: false });
}

/** Keeps the SDK from renewing twice at a time, and, where a token lives for less than ten minutes, all the time. */
export function calmRenewal({ prototype }: Singleton<AuthLike>, clock: Clock = systemClock): Undo {
  const undo: Undo[] = [];
  for (const key of ['getRefreshToken', 'getRegionalRefreshToken'] as const) {
    if (typeof prototype[key] !== 'function') continue;
    let running: { readonly ended: Promise<void>; readonly from: number } | undefined;
    undo.push(
      shadow(
        prototype,
        key,
        (original) =>
          function (this: AuthLike) {
            const from = clock.now();
            if (running && from - running.from < LONGEST_RENEWAL_MS) return running.ended;
            const ended = (original as () => Promise<void>).call(this).finally(() => {
              if (running === own) running = undefined;
            });
            const own = (running = { ended, from });
            return ended;
          },
      ),
    );
  }
  if (typeof prototype.startRefreshTokenCheck === 'function') {
    undo.push(
      shadow(prototype, 'startRefreshTokenCheck', (original) => {
        const start = original as NonNullable<typeof original>;
        return function (this: AuthLike, token, ...more) {
          const { expiresIn } = token ?? {};
          const isShort = typeof expiresIn === 'number' && expiresIn <= RENEWS_BEFORE;
          return start.call(this, isShort ? { ...token, expiresIn: RENEWS_BEFORE + 0.9 * expiresIn } : token, ...more);
        };
      }),
    );
  }
  return () => {
    for (const fn of undo) fn();
  };
}
