import { Readable } from 'node:stream';
import type { AxiosInstance } from 'axios';
import { vi, beforeEach, afterEach } from 'vitest';
import type { MigrationPage } from './page.js';
import { sleep, times, until } from '../support.js';
import { startScripted, startServer, type Answer, type ScriptedServer } from './server.js';

export interface Both<T> {
  before: T;
  after: T;
}

/** The result of a run: how many requests arrived, and what the caller got, a value or an error. */
export interface Run {
  requests: number;
  result: unknown;
}

/** Imports the snippets "Before" and "After" of a page, pointed at a server. */
export async function importBoth<T>(
  page: MigrationPage,
  { url }: ScriptedServer,
  replaced: Record<string, string> = {},
): Promise<Both<T>> {
  const all = { 'https://api.example.com': url, ...replaced };
  return { before: await page.importSnippet<T>('Before', all), after: await page.importSnippet<T>('After', all) };
}

/** Runs the same call with both snippets, at the same time, against two servers with the same answers. */
export async function runBoth<T>(
  page: MigrationPage,
  answers: Answer[],
  run: (side: T) => Promise<unknown>,
  replaced?: Record<string, string>,
): Promise<Both<Run>> {
  const outcome = async (side: keyof Both<T>): Promise<Run> => {
    const server = await startScripted(...answers);
    const both = await importBoth<T>(page, server, replaced);
    const result = await run(both[side]).catch((error: unknown) => error);
    return { requests: server.requests.length, result };
  };
  const [before, after] = await Promise.all([outcome('before'), outcome('after')]);
  return { before, after };
}

/** Time for which the server of {@link countRefusals} refuses all requests, ms. */
const CLOSED_MS = 2_000;

/**
 * Starts one call at a server that refuses all requests for two seconds, and five more calls after its 429 has arrived. Returns how
 * many requests the server refused.
 */
export async function countRefusals<T>(
  page: MigrationPage,
  call: (side: T, id: string) => Promise<unknown>,
): Promise<Both<number>> {
  const refusals = async (side: keyof Both<T>): Promise<number> => {
    let openAt = 0;
    let refused = 0;
    const server = await startServer(() => {
      openAt ||= performance.now() + CLOSED_MS;
      const left = openAt - performance.now();
      if (left <= 0) return 200;
      refused++;
      return [429, { 'retry-after': String(Math.ceil(left / 1_000)) }];
    });
    const client = (await importBoth<T>(page, server))[side];
    const first = call(client, '1000').catch(() => undefined);
    await until(() => refused > 0);
    // The answer has to reach the client before the other calls start.
    await sleep(100);
    await Promise.allSettled([first, ...times(5, (i) => call(client, String(i)))]);
    return refused;
  };
  const [before, after] = await Promise.all([refusals('before'), refusals('after')]);
  return { before, after };
}

/** The status of a response, or of the response of an error. */
export const statusOf = (result: unknown): unknown =>
  (result as { status?: number; response?: { status: number } } | undefined)?.response?.status ??
  (result as { status?: number } | undefined)?.status;

/** Sends a body that can be read once to a server that refuses the first request. Returns what arrived, and the final status. */
export async function putStream(api: AxiosInstance): Promise<{ bodies: string[]; status: unknown }> {
  const server = await startScripted(503, 200);
  const result = await api.put(server.url, Readable.from(['by', 'tes'])).catch((error: unknown) => error);
  return { bodies: server.requests.map(({ body }) => body), status: statusOf(result) };
}

/** Makes one call and returns how often a request interceptor ran for it. */
export async function countInterceptorRuns(api: AxiosInstance): Promise<number> {
  let runs = 0;
  api.interceptors.request.use((config) => (runs++, config));
  await api.get('/users/7');
  return runs;
}

/** Keeps the warnings of the snippets out of the output of the tests. */
export function muteWarnings(): void {
  beforeEach(() => void vi.spyOn(console, 'warn').mockImplementation(() => undefined));
  afterEach(() => void vi.restoreAllMocks());
}
