import { guardFetch, installFetch, type FetchConfig } from '@holdline/fetch';
import { callInfo, release } from '@holdline/core';
import { FETCH_CASES, type Places } from './fetch-cases.js';

export { callInfo, guardFetch, installFetch, release };

/** What one case of the table comes to in this page, with the browser's own fetch and with a guarded one. */
export async function compare(
  index: number,
  config: FetchConfig,
  at: Places,
): Promise<{ bare: unknown; guarded: unknown }> {
  const { run } = FETCH_CASES[index] as (typeof FETCH_CASES)[number];
  return { bare: await run(fetch, at), guarded: await run(guardFetch(fetch, config), at) };
}
