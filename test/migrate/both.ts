import { vi, beforeEach, afterEach } from 'vitest';
import type { MigrationPage } from './page.js';
import { startScripted, type Answer, type ScriptedServer } from './server.js';

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

/** The status of a response, or of the response of an error. */
export const statusOf = (result: unknown): unknown =>
  (result as { status?: number; response?: { status: number } } | undefined)?.response?.status ??
  (result as { status?: number } | undefined)?.status;

/** Keeps the warnings of the snippets out of the output of the tests. */
export function muteWarnings(): void {
  beforeEach(() => void vi.spyOn(console, 'warn').mockImplementation(() => undefined));
  afterEach(() => void vi.restoreAllMocks());
}
