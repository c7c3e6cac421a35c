import { times } from '../support.js';

/** What the snippets of the pages about limiters export. */
export interface Users {
  getUser(id: string, signal?: AbortSignal): Promise<{ status: number; data: unknown }>;
  getReport(id: string): Promise<{ status: number; data: unknown }>;
}

/** Replacements in those snippets: five requests in three seconds instead of 300 a minute. */
export const FIVE = { '300': '5', '60_000': '3_000' };
/** Somewhat less than that window, because a request may arrive late. */
export const NEARLY_A_WINDOW_MS = 2_700;

/** Reads that many users at once. */
export const getUsers = (side: Users, count: number): Promise<unknown>[] =>
  times(count, (i) => side.getUser(String(i)));
