import { createHoldline, GrantError, type Grant, type GrantInput, type Holdline } from '@holdline/core';
import { tabStore, type TabStoreOptions } from '@holdline/core/browser';
import { guardFetch } from '@holdline/fetch';

let guarded: typeof fetch;
let line: Holdline;

/** A grant with a refresh token that the login host accepts once. */
function rotatingGrant(first: string): Grant {
  let own = first;
  return async (input?: GrantInput) => {
    const used = input?.refreshToken ?? own;
    const response = await fetch(`/login?${used}`, { method: 'POST' });
    if (!response.ok) throw new GrantError('refused', { retryable: false, refused: true });
    const token = (await response.json()) as { accessToken: string; refreshToken: string };
    await input?.keep(token);
    own = token.refreshToken;
    return token;
  };
}

/** Creates a line with a store that the tabs share. */
export function start(options: TabStoreOptions = {}, name = 'alice'): void {
  const store = tabStore(options);
  const revoke = async (accessToken: string): Promise<void> => void (await fetch(`/revoke?${accessToken}`));
  line = createHoldline({ store, token: { name, grant: Object.assign(rotatingGrant('rt-0'), { revoke }) } });
  guarded = guardFetch(fetch, line);
}

/** Closes the line, and revokes the token of all tabs or of none. Returns the result. */
export async function logOut(revoke: true | 'shared'): Promise<string[]> {
  const results: string[] = [];
  line.on('tokenRevoked', ({ result }) => results.push(result));
  await line.close({ revoke });
  return results;
}

/** Makes `count` calls at once and returns their statuses. */
export async function call(count = 1): Promise<(number | string)[]> {
  const one = (): Promise<number | string> =>
    guarded('/api').then(
      ({ status }) => status,
      (error: unknown) => (error as Error).message,
    );
  return Promise.all(Array.from({ length: count }, one));
}

/** Blocks the event loop for `ms`, like a frozen tab. */
export function block(ms: number): void {
  for (const until = performance.now() + ms; performance.now() < until;);
}

/** All persistent data of this origin. */
export async function kept(): Promise<string> {
  const stores = await Promise.all([indexedDB.databases(), caches.keys(), navigator.locks.query()]);
  return JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie, location.href, stores]);
}

/** The error of tabStore when the browser lacks an API. */
export function without(what: 'locks' | 'BroadcastChannel'): string {
  const owner = what === 'locks' ? navigator : globalThis;
  Object.defineProperty(owner, what, { value: undefined, configurable: true });
  try {
    tabStore();
    return 'nothing';
  } catch (error) {
    return `${(error as Error).name}: ${(error as Error).message}`;
  }
}
