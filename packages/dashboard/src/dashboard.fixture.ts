import { answered, createHoldline, type Holdline, type HoldlineConfig } from '@holdline/core';
import { onTestFinished } from 'vitest';
import { dashboard, type Dashboard } from './dashboard.js';
import type { DashboardOptions } from './options.js';
import type { DashboardState } from './state/types.js';

export const ORIGIN = 'https://api.test';

/** What a platform answers: a status, possibly with a requested wait in s. */
export interface Reply {
  status: number;
  retryAfter?: number;
}

/** A line whose calls a function answers. */
export function lineWith(config: HoldlineConfig, reply: (path: string) => Reply | Promise<Reply>): Called {
  const line = createHoldline({ retry: false, ...config });
  onTestFinished(() => line.close({ timeoutMs: 1 }));
  const call: Called['call'] = async (path, { method = 'GET', tenant } = {}) => {
    const headers = new Map<string, string>();
    return line
      .run({
        method,
        url: ORIGIN + path,
        replayable: true,
        ownOrigin: ORIGIN,
        headers: { get: (name) => headers.get(name), set: (name, value) => void headers.set(name, value) },
        ...(tenant !== undefined && { context: { tenant } }),
        async send() {
          const { status, retryAfter } = await reply(path);
          const header = (name: string): string | undefined =>
            name.toLowerCase() === 'retry-after' && retryAfter !== undefined ? String(retryAfter) : undefined;
          return answered(status, { status, header, threw: status >= 400 });
        },
      })
      .then(
        () => true,
        () => false,
      );
  };
  return { line, call };
}

interface Called {
  line: Holdline;
  /** Makes a call. True: it succeeded. */
  call(path: string, options?: { method?: string; tenant?: string }): Promise<boolean>;
}

/** A dashboard on a free port that ends with the test. */
export async function serve(
  watched: Parameters<typeof dashboard>[0],
  options: DashboardOptions = {},
): Promise<Dashboard> {
  const served = await dashboard(watched, { port: 0, ...options });
  onTestFinished(() => served.close());
  return served;
}

export const readState = async (url: string): Promise<DashboardState> =>
  (await (await fetch(`${url}api/state`)).json()) as DashboardState;
