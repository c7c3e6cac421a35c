import { number, port, shape, text } from '../contract/check.js';
import type { Clock } from '../contract/clock.js';
import { ConfigError } from '../contract/errors.js';
import type { Store } from '../contract/store.js';
import type { Tokens } from '../contract/tokens.js';
import { systemClock } from '../runtime/system.js';
import { memoryJournal } from './memory-journal.js';
import { TabTokens } from './tab-tokens.js';

/**
 * Options of {@link tabStore}.
 * @public
 */
export interface TabStoreOptions {
  /**
   * Name of the channel and of the locks. Tabs of one origin with the same name share their tokens.
   * @defaultValue 'holdline'
   */
  name?: string;
  /**
   * Time in ms for which a tab asks the other tabs for a token before it logs in.
   * @defaultValue 100 (ours: an answer takes a few ms; a single tab waits this time once per login)
   */
  answerMs?: number;
  /**
   * Time in ms after which a silent tab that logs in counts as frozen, and another tab logs in. A tab that closes or crashes releases
   * its lock at once.
   * @defaultValue 20,000 (ours: longer than the 16 s that a login request may take, shorter than `token.grantTimeoutMs`)
   */
  stealAfterMs?: number;
  /**
   * The clock.
   * @defaultValue the system clock
   */
  clock?: Clock;
}

/**
 * A store that the tabs of a browser share.
 * @public
 */
export interface TabStore extends Store {
  readonly tokens: Tokens;
  /** Ends the exchange with other tabs. Lines on the store then log in separately. */
  close(): void;
}

/**
 * Shares access tokens between the tabs of one origin: one tab logs in or refreshes, and all tabs use the token. The tabs also share
 * rotating refresh tokens. Tokens exist only in the memory of the tabs and in the messages between them, and are lost with the last tab.
 *
 * The store needs Web Locks and BroadcastChannel. Browsers provide both in pages served over https or from localhost.
 *
 * @throws ConfigError if one of them is missing, or an option is wrong.
 * @example
 * ```ts
 * import { createHoldline } from '@holdline/core';
 * import { tabStore } from '@holdline/core/browser';
 *
 * declare function login(): Promise<{ accessToken: string }>;
 * const line = createHoldline({ store: tabStore(), token: { name: 'alice', grant: login } });
 * ```
 * @public
 */
export function tabStore(options: TabStoreOptions = {}): TabStore {
  const check = shape<TabStoreOptions>({
    name: text,
    answerMs: number({ min: 0 }),
    stealAfterMs: number({ above: 0 }),
    clock: port<Clock>('clock', 'now', 'wall', 'setTimer'),
  });
  const { name = 'holdline', answerMs = 100, stealAfterMs = 20_000, clock = systemClock } = check(options, 'options');
  const { navigator, BroadcastChannel: Channel } = globalThis as Partial<typeof globalThis>;
  const locks = (navigator as Partial<Navigator> | undefined)?.locks;
  if (!locks)
    throw new ConfigError(
      'tabStore needs Web Locks (navigator.locks), which is missing: browsers provide it in pages served over https or from localhost',
    );
  if (!Channel) throw new ConfigError('tabStore needs BroadcastChannel, which is missing here');
  const tokens = new TabTokens(locks, new Channel(`${name}:tokens`), { name, answerMs, stealAfterMs, clock });
  return { journal: memoryJournal(), tokens, close: () => tokens.close() };
}
