import type { FetchConfig } from '@holdline/fetch';
import type { Places } from './fetch-cases.js';
import { startFetchServer } from './fetch-server.js';

/** Configurations of the guarded fetch: minimal, and with all options that change the arguments of the native function. */
export const CONFIGS: [string, FetchConfig][] = [
  ['plain', { retry: false }],
  ['busy', { retry: { maxAttempts: 2, baseDelayMs: 1 }, deadline: { totalTimeoutMs: 60_000 } }],
];

export async function startPlaces(): Promise<{ at: Places; stop: () => Promise<unknown> }> {
  const servers = await Promise.all([startFetchServer(), startFetchServer(), startFetchServer({ exposes: false })]);
  const [home = '', away = '', hidden = ''] = servers.map(({ url }) => url);
  return { at: { home, away, hidden }, stop: () => Promise.all(servers.map((server) => server.stop())) };
}
