import { patchMethod, systemClock, type Clock, type Undo } from '@holdline/core';
import type { AuthLike, Singleton } from './sdk-parts.js';

/** The SDK renews a token so long before it expires, in seconds. It renews a token of shorter lifetime without pause. */
const RENEWAL_LEAD_S = 600;

/** Callers do not join a renewal that takes longer than this, in ms. Core waits as long for a grant. */
const MAX_RENEWAL_MS = 30_000;

/** Makes the SDK renew one token at a time, and tokens of ten minutes or less after nine tenths of their lifetime. */
export function limitRenewals({ prototype }: Singleton<AuthLike>, clock: Clock = systemClock): Undo {
  const undo: Undo[] = [];
  for (const key of ['getRefreshToken', 'getRegionalRefreshToken'] as const) {
    if (typeof prototype[key] !== 'function') continue;
    let running: { readonly ended: Promise<void>; readonly from: number } | undefined;
    undo.push(
      patchMethod(
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
      patchMethod(prototype, 'startRefreshTokenCheck', (original) => {
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
