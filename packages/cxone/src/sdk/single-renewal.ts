import { shadow, systemClock, type Clock, type Undo } from '@holdline/core';
import type { AuthLike, Singleton } from './sdk-parts.js';

/** The SDK wants to renew this long before the end, in seconds. A token that lives no longer would be renewed all the time. */
const RENEWAL_LEAD_S = 600;

/** A renewal of the SDK that takes longer is not joined any more, ms: as long as core waits for a grant. */
const MAX_RENEWAL_MS = 30_000;

/** Keeps the SDK from renewing twice at a time, and, where a token lives for less than ten minutes, all the time. */
export function limitRenewals({ prototype }: Singleton<AuthLike>, clock: Clock = systemClock): Undo {
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
            if (running && from - running.from < MAX_RENEWAL_MS) return running.ended;
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
          const isShort = typeof expiresIn === 'number' && expiresIn <= RENEWAL_LEAD_S;
          return start.call(this, isShort ? { ...token, expiresIn: RENEWAL_LEAD_S + 0.9 * expiresIn } : token, ...more);
        };
      }),
    );
  }
  return () => {
    for (const fn of undo) fn();
  };
}
