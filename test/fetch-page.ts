import { guardFetch, installFetch, type FetchConfig } from '@holdline/fetch';
import { callInfo, release } from '@holdline/core';
import { FETCH_CASES, type Places } from './fetch-cases.js';

export { callInfo, guardFetch, installFetch, release };

/** Runs one case of the table in this page, with the native fetch and with a guarded one, and returns both results. */
export async function compare(
  index: number,
  config: FetchConfig,
  at: Places,
): Promise<{ bare: unknown; guarded: unknown }> {
  const { run } = FETCH_CASES[index] as (typeof FETCH_CASES)[number];
  return { bare: await run(fetch, at), guarded: await run(guardFetch(fetch, config), at) };
}
