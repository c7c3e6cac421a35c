import dns from 'node:dns';
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { StoreLostError, type HoldlineConfig, type Store } from '@holdline/core';
import { fileStore } from '@holdline/core/node';
import { redisStore } from '@holdline/redis';
import { RedisProcess } from '@holdline/test-servers/redis-process';
import { expect } from 'vitest';
import type { LeapingClock } from './clock.js';
import type { Fault, Platform } from './platform.js';
import type { Source } from './clients.js';
import type { ClientName, Duration, Operation } from './table.mjs';

/** The parts of a cell that its fault may use. */
export interface Stage {
  readonly platform: Platform;
  readonly clock: LeapingClock;
  readonly duration: Duration;
  readonly opened: OpenedStore | undefined;
  /** Resolves after the first attempt. */
  readonly retried: Promise<void>;
}

/** A store with the functions that the fault uses. */
export interface OpenedStore {
  readonly store: Store;
  /** Breaks the store until `mend`. */
  breakDown(): Promise<void>;
  mend(): Promise<void>;
  close(): Promise<void>;
}

/** How to produce one fault. */
export interface Scenario {
  readonly tls?: boolean;
  readonly host?: string;
  /** Whether each call is a step of a transaction. That of an inbox always is. */
  readonly isTransaction?: boolean;
  /** Number of concurrent calls. */
  readonly calls?: number;
  readonly config?: HoldlineConfig;
  source?(stage: Stage): ReturnType<Source>;
  /** Number of requests that the platform receives for a call with so many attempts. Without it: all of them. */
  arrivals?(attempts: number, duration: Duration): number;
  /** Number of requests for a new access token, where it is not 0. */
  tokenRequests?(duration: Duration, operation: Operation, client: ClientName): number | undefined;
  /** Opens the store of the line. Without it: the memory. */
  openStore?(): Promise<OpenedStore>;
  /** Starts the fault. */
  start(stage: Stage): void | Promise<void>;
  /** Ends everything that the fault changed in this process. */
  end?(): void;
}

const MINUTE = 60_000;

/** The platform does not receive attempts that find no connection. */
const arrivals = (attempts: number, duration: Duration): number => (duration === 'once' ? attempts - 1 : 0);

/** A fault that the platform itself plays. */
const played = (fault: Fault, config?: HoldlineConfig): Scenario => ({
  ...(config && { config }),
  start({ platform, duration }) {
    if (duration === 'once') platform.failNext(fault);
    else platform.lasting = fault;
  },
});

/** Limits for answers that never end. Long enough for a busy machine to answer in. */
const SHORT: HoldlineConfig = { deadline: { attemptTimeoutMs: 600, totalTimeoutMs: 2_600 } };

const status = (code: number, executes: boolean, retryAfter?: string): Scenario =>
  played({ kind: 'status', status: code, executes, ...(retryAfter !== undefined && { retryAfter }) });

const jump = (ms: number): Scenario => ({
  async start({ platform, clock, retried }) {
    platform.failNext({ kind: 'status', status: 429, executes: false, retryAfter: '0.2' });
    void retried.then(() => clock.jumpWall(ms));
  },
});

const { lookup } = dns;
const HOST = 'platform.test';
type Callback = (error: Error | null, addresses: unknown, family?: number) => void;

/** Resolves the name of the platform as `isBroken` says. */
function replaceLookup(isBroken: () => boolean): void {
  dns.lookup = ((name: string, options: { all?: boolean }, callback: Callback) => {
    if (name !== HOST) return lookup(name, options as never, callback as never);
    const address = '127.0.0.1';
    const error = Object.assign(new Error(`getaddrinfo ENOTFOUND ${HOST}`), {
      code: 'ENOTFOUND',
      syscall: 'getaddrinfo',
      hostname: HOST,
    });
    setImmediate(() => {
      if (isBroken()) callback(error, undefined);
      else if (options.all) callback(null, [{ address, family: 4 }]);
      else callback(null, address, 4);
    });
  }) as typeof lookup;
}

let isNameBroken = false;

const { write } = fs;

/** Fails writes to files as a full disk does, as `isFull` says. */
function replaceWrite(isFull: () => boolean): void {
  fs.write = ((...args: Parameters<typeof write>) => {
    if (!isFull()) return (write as (...all: unknown[]) => void)(...args);
    const error = Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
    const done = args.at(-1) as unknown as (error: Error) => void;
    setImmediate(() => done(error));
  }) as typeof write;
}

let isDiskFull = false;

/** How to produce each fault of the table, by its name. */
export const SCENARIOS: Readonly<Record<string, Scenario>> = {
  'connection refused': {
    arrivals,
    async start({ platform, duration, retried }) {
      await platform.close();
      if (duration === 'once') void retried.then(() => platform.open());
    },
  },
  'DNS failure': {
    host: HOST,
    arrivals,
    start({ duration, retried }) {
      isNameBroken = true;
      if (duration === 'once') void retried.then(() => (isNameBroken = false));
    },
    end: () => void (isNameBroken = false),
  },
  'TLS failure': {
    tls: true,
    arrivals,
    start({ duration, retried }) {
      trustEverything(false);
      if (duration === 'once') void retried.then(() => trustEverything(true));
    },
    end: () => trustEverything(false),
  },
  'reset before execution': played({ kind: 'reset', executes: false }),
  'reset after execution': played({ kind: 'reset', executes: true }),
  'stall before the head': played({ kind: 'stall', after: 'nothing' }, SHORT),
  'stall in the body': played({ kind: 'stall', after: 'half' }, SHORT),
  'end of the time budget': played({ kind: 'stall', after: 'nothing' }, { deadline: { totalTimeoutMs: 800 } }),
  'truncated body': played({ kind: 'truncate' }),
  'slow drip': played({ kind: 'drip' }, SHORT),
  '500': status(500, true),
  '502': status(502, true),
  '503': status(503, true),
  '504': status(504, true),
  '429 with Retry-After': status(429, false, '0.1'),
  '429 without Retry-After': status(429, false),
  '401 storm': {
    calls: 10,
    // All calls share one new token. A stream cannot be sent again, but the next call needs the token.
    tokenRequests: (duration, _, client) => (client === 'inbox' && duration === 'lasting' ? undefined : 1),
    start({ platform, duration }) {
      if (duration === 'once') platform.revokeTokens();
      else platform.refusesTokens = true;
    },
  },
  'clock jumps 1 h forward': jump(60 * MINUTE),
  'clock jumps 1 h back': jump(-60 * MINUTE),
  'process frozen for 10 minutes': {
    start({ platform, clock }) {
      platform.failNext({ kind: 'hold', until: freeze() });
      async function freeze(): Promise<void> {
        await platform.arrived;
        clock.freeze(10 * MINUTE);
      }
    },
  },
  'Redis gone': {
    async openStore() {
      const server = await RedisProcess.spawn();
      const store = redisStore({ url: server.url });
      await store.ready();
      return {
        store,
        breakDown: () => server.kill(),
        mend: () => server.start(),
        async close() {
          await store.close();
          await server.end();
        },
      };
    },
    async start({ opened, duration }) {
      await opened?.breakDown();
      if (duration === 'once') await opened?.mend();
    },
  },
  'disk full': {
    isTransaction: true,
    // The letter is lost at once, not after ten minutes.
    config: { deadLetters: { maxStoreOutageMs: 0 } },
    async openStore() {
      const dir = fs.mkdtempSync(join(tmpdir(), 'holdline-faults-'));
      const store = fileStore({ dir });
      await store.ready();
      return {
        store,
        async breakDown() {
          isDiskFull = true;
          // The store finds the full disk at its next write.
          const claim = { session: 'any', fence: undefined, forMs: 1, replaces: false };
          await expect(store.sessions.claim('any', claim)).rejects.toThrow(StoreLostError);
        },
        async mend() {
          isDiskFull = false;
          await new Promise<void>((resolve) => store.watch(({ state }) => state === 'ready' && resolve()));
        },
        async close() {
          await store.close();
          fs.rmSync(dir, { recursive: true });
        },
      };
    },
    async start({ opened, duration }) {
      await opened?.breakDown();
      if (duration === 'once') await opened?.mend();
    },
    end: () => void (isDiskFull = false),
  },
  'source stream failing': {
    async *source({ platform }) {
      const { arrived } = platform;
      yield Buffer.from('{"id');
      await arrived;
      throw new Error('the source failed');
    },
    start: () => undefined,
  },
};

/** Prepares this process for faults that need it, before the first cell. */
export function prepareProcess(): void {
  replaceLookup(() => isNameBroken);
  replaceWrite(() => isDiskFull);
}

/** Node reads this variable at each connection. The certificate of the platform is self-signed. */
export function trustEverything(on: boolean): void {
  if (on) process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0';
  else delete process.env['NODE_TLS_REJECT_UNAUTHORIZED'];
}
