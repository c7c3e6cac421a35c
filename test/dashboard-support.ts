import { createRequire } from 'node:module';
import { readFile } from 'node:fs/promises';
import { answered, createHoldline, type CallContext, type Holdline, type HoldlineConfig } from '@holdline/core';
import {
  dashboard,
  type Dashboard,
  type DashboardLine,
  type DashboardOptions,
  type DashboardState,
} from '@holdline/dashboard';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { onTestFinished } from 'vitest';

export const ORIGIN = 'https://api.test';

/** What the platform of a test answers. A pending reply leaves the attempt on the wire. */
export interface Reply {
  status: number;
  retryAfter?: number;
}

export interface Watched {
  line: Holdline;
  /** Starts a call. The result says whether it succeeded. */
  call(method: string, path: string, context?: CallContext): Promise<boolean>;
}

/** A line that a function answers. The line closes with the test. */
export function watchedLine(config: HoldlineConfig, reply: (path: string) => Reply | Promise<Reply>): Watched {
  const line = createHoldline(config);
  onTestFinished(() => line.close({ timeoutMs: 1 }));
  return {
    line,
    call(method, path, context) {
      const headers = new Map<string, string>();
      const result = line.run({
        method,
        url: ORIGIN + path,
        replayable: true,
        ownOrigin: ORIGIN,
        headers: { get: (name) => headers.get(name), set: (name, value) => void headers.set(name, value) },
        payload: () => undefined,
        ...(context && { context }),
        async send() {
          const { status, retryAfter } = await reply(path);
          const header = (name: string): string | undefined =>
            name.toLowerCase() === 'retry-after' && retryAfter !== undefined ? String(retryAfter) : undefined;
          return answered({ status }, { status, header, threw: status >= 400 });
        },
      });
      return result.then(
        () => true,
        () => false,
      );
    },
  };
}

/** A dashboard on a free port that ends with the test. */
export async function serveDashboard(
  watched: Parameters<typeof dashboard>[0],
  options: DashboardOptions = {},
): Promise<Dashboard> {
  const served = await dashboard(watched, { port: 0, ...options });
  onTestFinished(() => served.close());
  return served;
}

export async function readState(url: string): Promise<DashboardState> {
  return (await (await fetch(`${url}api/state`)).json()) as DashboardState;
}

export async function readFirstLine(url: string): Promise<DashboardLine> {
  const [line] = (await readState(url)).lines;
  if (!line) throw new Error('the dashboard shows no line');
  return line;
}

/** A page with what went wrong on it: console errors, uncaught errors, and requests to other origins. */
export interface WatchedPage {
  page: Page;
  problems: string[];
}

/** Opens a page that collects its problems. It closes with the test. */
export async function openDashboard(
  browser: Browser,
  url: string,
  options: BrowserContextOptions = {},
): Promise<WatchedPage> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  onTestFinished(() => context.close());
  const page = await context.newPage();
  const problems: string[] = [];
  const { origin } = new URL(url);
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) problems.push(`console: ${message.text()}`);
  });
  page.on('pageerror', (error) => problems.push(`uncaught: ${error.message}`));
  page.on('request', (request) => {
    const address = request.url();
    if (!address.startsWith(`${origin}/`) && !address.startsWith('data:')) problems.push(`foreign: ${address}`);
  });
  await page.goto(url);
  return { page, problems };
}

/** The violations that axe-core finds, one line each. */
export async function findViolations(page: Page): Promise<string[]> {
  const source = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
  // The policy of the page forbids a script element, but not an evaluation through the protocol of the browser.
  await page.evaluate(source);
  return page.evaluate(async () => {
    interface Violation {
      id: string;
      nodes: { html: string; failureSummary?: string }[];
    }
    const { axe } = globalThis as unknown as { axe: { run(): Promise<{ violations: Violation[] }> } };
    const { violations } = await axe.run();
    return violations.flatMap(({ id, nodes }) =>
      nodes.map(({ html, failureSummary }) => `${id}: ${html.slice(0, 160)} ${failureSummary}`),
    );
  });
}
