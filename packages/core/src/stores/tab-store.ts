import { number, port, shape, text } from '../contract/check.js';
import type { Clock } from '../contract/clock.js';
import { ConfigError } from '../contract/errors.js';
import type { Store } from '../contract/store.js';
import { systemClock } from '../runtime/system.js';
import { memoryJournal } from './memory-journal.js';
import { TabTokens } from './tab-tokens.js';

/** Options of {@link tabStore}. */
export interface TabStoreOptions {
  /**
   * Names the channel and the locks. Tabs of one origin share what is under the same name.
   * @defaultValue 'holdline'
   */
  name?: string;
  /**
   * How long a tab that is about to log in waits for another one to tell of a token, in ms.
   * @defaultValue 100 (ours: an answer takes a few ms; a tab that is alone waits for it once per login)
   */
  answerMs?: number;
  /**
   * A tab that logs in and is not heard of for this long, in ms, is taken to be frozen, and another one logs in. One that is closed, or
   * crashes, is known at once.
   * @defaultValue 20,000 (ours: longer than the 16 s that a login request may take, shorter than `token.grantTimeoutMs`)
   */
  stealAfterMs?: number;
  /**
   * The source of time.
   * @defaultValue the system's
   */
  clock?: Clock;
}

/** A store that the tabs of a browser share. */
export interface TabStore extends Store {
  readonly tokens: TabTokens;
  /** Hears of no tab any more. Lines on the store log in for themselves then. */
  close(): void;
}

/**
 * Shares access tokens between the tabs of one origin: one tab logs in, or refreshes, and all have the token. Rotating refresh tokens go
 * along. Tokens are in the memory of the tabs and in the messages between them, and nowhere else: when the last tab is closed they
 * are gone.
 *
 * Needs Web Locks and BroadcastChannel, which browsers have in pages that are served over https, or from localhost.
 *
 * @throws ConfigError where one of them is missing, or an option is wrong.
 * @example
 * ```ts
 * import { createHoldline } from '@holdline/core';
 * import { tabStore } from '@holdline/core/browser';
 *
 * declare function login(): Promise<{ accessToken: string }>;
 * const line = createHoldline({ store: tabStore(), token: { name: 'alice', grant: login } });
 * ```
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
      'tabStore needs Web Locks (navigator.locks), which is missing: browsers have it where a page is served over https or from localhost',
    );
  if (!Channel) throw new ConfigError('tabStore needs BroadcastChannel, which is missing here');
  const tokens = new TabTokens(locks, new Channel(`${name}:tokens`), { name, answerMs, stealAfterMs, clock });
  return { journal: memoryJournal(), tokens, close: () => tokens.close() };
}
