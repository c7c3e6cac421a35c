import type { Call } from '../contract/call.js';
import type { CallRequest } from '../contract/call.js';
import type { EndpointPolicies, HoldlineConfig } from '../config/types.js';
import { PRIORITIES, type CallContext } from '../contract/context.js';
import type { Holdline } from './holdline.js';
import { createHoldline } from './create-holdline.js';
import { answered, failed, type Outcome } from '../contract/outcome.js';
import { memoryStore } from '../stores/memory-store.js';
import {
  type LeaseNews,
  type LeaseReply,
  type LeaseRequest,
  type Leases,
  type SharedQuota,
} from '../contract/leases.js';
import { type Undo } from '../contract/clock.js';
import { assertNoStalledCalls, seededRandom, VirtualClock } from '../testing.js';
import type { GovernorEngine } from '../contract/engines.js';
import { quotaSharing } from '../policies/governor/sharing/lease-manager.js';
import type { BulkheadOptions, GovernorOptions, Quota } from '../policies/governor/options.js';
import { platformOf, type Kind, type Platform } from '../policies/governor/platforms.fixture.js';

const HOUR = 3_600_000;
const ORIGINS = ['https://h1', 'https://h2'];
const PATHS = ['/a', '/b', '/c', '/items/17', '/apart'];
const TENANTS = ['t1', 't2', undefined];
const KEY_OF = ({ url }: { url: string }): string => url.slice(-1);

/** One call of the world, with its end. */
interface TrackedCall {
  readonly id: number;
  readonly what: string;
  readonly startedAt: number;
  endedAt: number;
  /** Number of times that the call ended. */
  ends: number;
}

/** Random decisions, reproducible by a seed. */
class Chance {
  readonly #random;

  constructor(seed: number) {
    this.#random = seededRandom(seed);
  }

  next(): number {
    return this.#random.next();
  }

  is(part: number): boolean {
    return this.next() < part;
  }

  whole(from: number, to: number): number {
    return from + Math.floor(this.next() * (to - from + 1));
  }

  of<T>(all: readonly T[]): T {
    return all[Math.floor(this.next() * all.length)] as T;
  }
}

/** An engine with a few slots. It sometimes refuses, and releases slots with a delay. */
class SlotEngine implements GovernorEngine {
  readonly name = 'slots';
  #free = 2;
  readonly #waiting: (() => void)[] = [];

  constructor(readonly chance: Chance) {}

  acquire(): Promise<Undo> {
    if (this.chance.is(0.03)) return Promise.reject(new Error('no slot'));
    return new Promise((resolve) => {
      this.#waiting.push(() => resolve(() => this.#release()));
      this.#next();
    });
  }

  #release(): void {
    this.#free++;
    this.#next();
  }

  #next(): void {
    while (this.#free > 0 && this.#waiting.length > 0) {
      this.#free--;
      this.#waiting.shift()?.();
    }
  }
}

/** A ledger that other processes use too. It lends few permits, answers late, and is sometimes lost. */
class ChaoticLedger implements Leases {
  readonly sharing = quotaSharing;
  readonly onLoss;
  readonly processes = 2;
  /** End of the time in which the ledger does not answer. */
  lostUntil = -Infinity;
  news: LeaseNews | undefined = undefined;
  /** Times at which lent permits are free again, by quota. */
  readonly #places = new Map<string, number[]>();

  constructor(
    readonly clock: VirtualClock,
    readonly chance: Chance,
  ) {
    this.onLoss = chance.of(['share', 'refuse', 'open'] as const);
  }

  exchange(quota: SharedQuota, request: LeaseRequest): Promise<LeaseReply> {
    const { clock, chance } = this;
    return new Promise((resolve, reject) => {
      clock.setTimer(chance.of([1, 8, 90]), () => {
        if (clock.now() < this.lostUntil || chance.is(0.02)) reject(new Error('lost'));
        else resolve(this.#reply(quota, request));
      });
    });
  }

  closeGate(): Promise<void> {
    return this.chance.is(0.1) ? Promise.reject(new Error('lost')) : Promise.resolve();
  }

  gateOf(): number {
    return this.chance.is(0.02) ? 700 : 0;
  }

  listen(news: LeaseNews): Undo {
    this.news = news;
    return () => (this.news = undefined);
  }

  #reply(quota: SharedQuota, { demand, atOnce }: LeaseRequest): LeaseReply {
    const { scope, windowMs, validMs, graceMs, tickMs } = quota;
    const now = this.clock.now();
    const limit = quota.limit === Infinity ? Infinity : Math.max(1, quota.limit);
    const freeAt = now + windowMs + validMs + graceMs;
    const places = (this.#places.get(scope) ?? []).filter((at) => at > now);
    const left = (): number => limit - places.length;
    const waits = demand > 0 && left() < atOnce;
    // Another process takes a part, unless this process waits for many permits at once.
    for (let n = waits ? 0 : Math.floor(left() * this.chance.next() * 0.6); n > 0 && n < Infinity; n--)
      places.push(now + windowMs);
    const count = left() < atOnce ? 0 : Math.floor(Math.max(0, Math.min(demand, left())));
    for (let i = 0; i < count && limit < Infinity; i++) places.push(freeAt);
    this.#places.set(scope, places);
    const missing = Math.max(1, atOnce) - left();
    const askAt = missing <= 0 ? now : (places.sort((x, y) => x - y)[missing - 1] ?? freeAt);
    const estimate = { limit, counts: undefined, edge: undefined };
    const permits = count > 0 ? [{ count, from: now, freeAtTick: Math.ceil(freeAt / tickMs) }] : [];
    const contended = count < demand;
    return { ledger: 'l', now, processes: 2, contended, ...estimate, isTrial: false, askAt, permits };
  }
}

/** Options of a world besides its seed. */
export interface ChaosOptions {
  /** Whether its quotas are shared with other processes. */
  shares?: boolean;
}

/** One process, its users and its platform, made from a seed. A seed always gives the same run. */
export class ChaosWorld {
  readonly clock = new VirtualClock();
  readonly line: Holdline;
  readonly calls: TrackedCall[] = [];
  readonly broken: string[] = [];
  readonly #chance: Chance;
  readonly #platforms = new Map<string, Platform>();
  readonly #hands: Undo[] = [];
  readonly #engine: SlotEngine;
  readonly #kind: Kind;
  readonly #limit: number;
  readonly #windowMs: number;
  readonly #untilMs: number;
  readonly #trouble: number;
  readonly #ledger: ChaoticLedger | undefined;
  #isClosed = false;

  constructor(
    readonly seed: number,
    { shares = false }: ChaosOptions = {},
  ) {
    const chance = (this.#chance = new Chance(seed));
    this.#engine = new SlotEngine(chance);
    this.#kind = chance.of<Kind>(['fixed', 'sliding', 'bucket']);
    this.#limit = chance.of([3, 7, 11, 19, 37]);
    this.#windowMs = chance.of([700, 5_000, 11_000, 60_000]);
    this.#untilMs = chance.of([5_000, 30_000, 120_000]);
    this.#trouble = chance.of([0, 0.05, 0.3]);
    const { clock } = this;
    const token = chance.is(0.4) ? { token: this.#token() } : {};
    const config = { clock, random: seededRandom(seed + 1), ...this.#config(), ...token };
    this.#ledger = shares ? new ChaoticLedger(clock, chance) : undefined;
    const store = this.#ledger && { store: { ...memoryStore({ clock }), leases: this.#ledger } };
    this.line = createHoldline({ ...config, ...store });
    clock.afterEachStep(() => assertNoStalledCalls(this.line));
  }

  /** Runs all random actions, lets the platform recover, and waits until all calls end. */
  async run(): Promise<void> {
    const { clock, line } = this;
    const chance = this.#chance;
    const calls = chance.whole(5, 60);
    const bursts = chance.is(0.5);
    for (let i = 0; i < calls; i++) {
      const at = bursts ? chance.whole(0, 3) * (this.#untilMs / 4) : chance.next() * this.#untilMs;
      clock.setTimer(at, () => this.#call(i));
    }
    const actions = [
      ...(this.#ledger ? [this.#actAsOtherProcess, this.#actAsOtherProcess, this.#loseStore] : []),
      this.#update,
      this.#update,
      this.#holdBack,
      this.#isolate,
      this.#permit,
      this.#inspect,
      this.#jump,
    ];
    for (let i = chance.whole(0, 8); i > 0; i--) {
      const action = chance.of(actions);
      clock.setTimer(chance.next() * this.#untilMs * 1.5, () => action.call(this));
    }
    if (chance.is(0.1)) clock.setTimer(chance.next() * this.#untilMs, () => this.#close());
    await clock.advance(this.#untilMs * 1.5);
    for (const undo of this.#hands) undo();
    // Permits become free, and gates are forgotten.
    await clock.advance(HOUR);
    for (let hours = 0; hours < 48 && line.snapshot().calls > 0; hours++) await clock.advance(HOUR);
    this.#judge();
    const closed = line.close();
    await clock.run(10_000);
    await closed;
    if (clock.pending > 0) this.broken.push(`${clock.pending} timers are left`);
  }

  #judge(): void {
    const { calls, queued, inFlight, scopes } = this.line.snapshot();
    for (const { what, ends, startedAt } of this.calls)
      if (ends !== 1) this.broken.push(`${what} of ${startedAt} ms ended ${ends} times`);
    if (calls + queued + inFlight > 0)
      this.broken.push(`${calls} calls, ${queued} queued and ${inFlight} in flight are left`);
    for (const scope of scopes) if (scope.inFlight > 0) this.broken.push(`${scope.scope} has attempts in flight`);
  }

  #call(id: number): void {
    const chance = this.#chance;
    const abort = new AbortController();
    const method = chance.of(['GET', 'GET', 'GET', 'POST']);
    const url = `${chance.of(ORIGINS)}${chance.of(PATHS)}`;
    const weight = chance.of([1, 1, 1, 1, 2, 3, 5]);
    const tenant = chance.of(TENANTS);
    const context: CallContext = {
      ...(tenant === undefined ? {} : { tenant }),
      weight,
      priority: chance.of(PRIORITIES),
      signal: abort.signal,
      ...(chance.is(0.3) ? { totalTimeoutMs: chance.of([40, 900, 20_000, 200_000]) } : {}),
    };
    const made: TrackedCall = { id, what: `${method} ${url}`, startedAt: this.clock.now(), endedAt: Infinity, ends: 0 };
    this.calls.push(made);
    const credential = chance.of(['Bearer x', 'Bearer y', undefined]);
    const request: CallRequest = {
      method,
      url,
      headers: {
        get: (name) => (name.toLowerCase() === 'authorization' ? credential : undefined),
        set: () => undefined,
      },
      replayable: chance.is(0.8),
      context,
      send: (call) => this.#send(call, made),
    };
    const ended = (): void => {
      made.ends++;
      made.endedAt = this.clock.now();
    };
    void this.line.run(request).then(ended, ended);
    if (chance.is(0.15)) this.clock.setTimer(chance.next() * 3_000, () => abort.abort(new Error('enough')));
  }

  async #send(call: Call, made: TrackedCall): Promise<Outcome> {
    const chance = this.#chance;
    const { clock } = this;
    if (made.ends > 0) this.broken.push(`${made.what} went on the wire after it had ended`);
    const gone = new Promise<Outcome>((resolve) => void call.onGone((reason) => resolve(failed(reason, 'cancelled'))));
    const isCalm = clock.now() > this.#untilMs;
    const waitMs = this.#platformOf(call).arrive(clock.now());
    const trouble = !isCalm && chance.is(this.#trouble) ? chance.of(TROUBLES) : undefined;
    const tookMs = trouble === 'hangs' ? 60_000 : chance.of([0, 5, 50, 300, 2_000]);
    const isDeaf = !isCalm && chance.is(0.05);
    const arrived = new Promise<Outcome>((resolve) => {
      const answer = (): void => resolve(this.#answer(waitMs, trouble));
      if (tookMs === 0) answer();
      else clock.setTimer(tookMs, answer);
    });
    // Most clients end an attempt with its call; some let the attempt continue.
    return isDeaf ? arrived : Promise.race([arrived, gone]);
  }

  #answer(waitMs: number, trouble: Trouble | undefined): Outcome {
    const chance = this.#chance;
    if (trouble === 'hangs' || trouble === 'lost') return failed(new Error('lost'), 'unknown');
    if (trouble === 'unsent') return failed(new Error('not sent'), 'not-sent');
    const status = trouble ?? (waitMs > 0 ? 429 : 200);
    const headers: Record<string, string> = {};
    if (status === 429 || status === 503) {
      const retryAfter = chance.of<string | undefined>([
        undefined,
        '0',
        String(Math.ceil(waitMs / 1_000)),
        (waitMs / 1_000).toFixed(3),
        new Date(this.clock.wall() + waitMs).toUTCString(),
        'soon',
      ]);
      if (retryAfter !== undefined) headers['retry-after'] = retryAfter;
    } else if (chance.is(0.1)) {
      headers['x-ratelimit-limit'] = String(this.#limit);
      headers['x-ratelimit-remaining'] = String(chance.whole(0, 3));
      headers['x-ratelimit-reset'] = String(chance.whole(0, 20));
    }
    const limitKey = status === 429 && chance.is(0.3) ? chance.of(['all', 'tenant', 'nobody']) : undefined;
    return answered({ status }, { status, header: (name) => headers[name], threw: status >= 400, limitKey });
  }

  /** One platform for all routes, or one for each route, by the seed. */
  #platformOf({ route }: Call): Platform {
    const key = this.seed % 3 === 0 ? route.name : 'all';
    let platform = this.#platforms.get(key);
    if (!platform) {
      platform = platformOf(this.#kind, this.#limit, this.#windowMs, this.#chance.next() * this.#windowMs);
      this.#platforms.set(key, platform);
    }
    return platform;
  }

  #config(): HoldlineConfig {
    const chance = this.#chance;
    const totalTimeoutMs = chance.of([Infinity, Infinity, 45_000]);
    return {
      governor: chance.is(0.95) ? this.#governor() : false,
      retry: chance.of([
        false,
        'interactive',
        'batch',
        { backoff: [0] },
        { maxAttempts: 8, baseDelayMs: 50, budget: false },
        { maxRetryAfterMs: 2_000, statuses: [500, 404] },
      ]),
      breaker: chance.of([
        false,
        {},
        { minAttempts: 3, openMs: 500, probes: 1, probeTimeoutMs: 1_000 },
        { minAttempts: 2, queued: 'keep', scope: 'credential' },
      ]),
      idempotency: chance.of([false, {}]),
      deadline: { totalTimeoutMs },
      bulkhead: this.#bulkhead(),
      endpoints: this.#endpoints(),
    };
  }

  #governor(): GovernorOptions {
    const chance = this.#chance;
    const quotas: Quota[] = [];
    const own = { limit: this.#limit, windowMs: this.#windowMs };
    if (chance.is(0.7))
      quotas.push({
        ...own,
        ...(chance.is(0.3) ? { limit: 'discover' as const } : {}),
        name: 'all',
        enforcement: chance.of(['auto', 'auto', 'fixed', 'sliding', 'bucket']),
      });
    if (chance.is(0.3)) quotas.push(this.#quota('tenant'));
    if (chance.is(0.2)) quotas.push(this.#quota('host'));
    if (chance.is(0.2)) quotas.push(this.#quota('route'));
    if (chance.is(0.1)) quotas.push({ ...this.#quota('host'), scope: KEY_OF, name: 'entity' });
    return {
      quotas,
      maxQueued: chance.of([3, 1_000, 1_000]),
      overflow: chance.of(['reject', 'shed']),
      agingMs: chance.of([200, 10_000]),
      shares: chance.is(0.3) ? { t1: chance.whole(1, 5) } : {},
      gateJitterMs: chance.of([0, 250]),
      defaultRetryAfterMs: chance.of([0, 500, 2_000]),
      ratePerSec: chance.is(0.1) ? chance.of([0.7, 5]) : Infinity,
      rampUpMs: 0,
      ...(chance.is(0.15) ? { engine: this.#engine } : {}),
    };
  }

  #quota(scope: 'tenant' | 'host' | 'route'): Quota {
    const chance = this.#chance;
    const enforcement = chance.of(['auto', 'fixed', 'sliding', 'bucket'] as const);
    const quota: Quota = {
      limit: 'discover',
      windowMs: chance.of([300, 1_700, 10_000]),
      scope,
      name: scope,
      enforcement,
    };
    if (chance.is(0.15)) return quota;
    const limit = chance.whole(1, 13);
    const smooth = { shape: 'smooth' as const, burst: chance.whole(1, 4), enforcement: 'sliding' as const };
    return { ...quota, limit, ...(chance.is(0.2) ? smooth : {}) };
  }

  #bulkhead(): BulkheadOptions | false {
    const chance = this.#chance;
    if (chance.is(0.7)) return false;
    return { maxConcurrent: chance.whole(1, 4), scope: chance.of(['credential', 'tenant', 'route', 'host'] as const) };
  }

  #endpoints(): Record<string, EndpointPolicies> {
    const chance = this.#chance;
    const endpoints: Record<string, EndpointPolicies> = {};
    if (chance.is(0.4))
      endpoints['GET /b'] = { governor: { quotas: [{ limit: chance.whole(1, 5), windowMs: 2_000 }] }, retry: 'batch' };
    if (chance.is(0.3))
      endpoints['* /items/:id'] = { governor: { quotas: [this.#keyed()] }, weight: chance.whole(1, 2) };
    if (chance.is(0.3)) endpoints['* /apart'] = { governor: { apart: chance.is(0.7) }, bulkhead: this.#bulkhead() };
    if (chance.is(0.1)) endpoints['GET /c'] = { governor: false };
    if (chance.is(0.2)) endpoints['POST /a'] = { readOnly: true, priority: chance.of(PRIORITIES), breaker: false };
    return endpoints;
  }

  #keyed(): Quota {
    return { limit: this.#chance.whole(2, 6), windowMs: 3_000, key: 'id' };
  }

  #token(): NonNullable<HoldlineConfig['token']> {
    const chance = this.#chance;
    let grants = 0;
    const expiresInMs = chance.of([900, 15_000, HOUR]);
    const failing = chance.of([0, 0.2, 0.7]);
    return {
      grant: async () => {
        const isCalm = this.clock.now() > this.#untilMs;
        await new Promise<void>((resolve) => void this.clock.setTimer(chance.of([5, 200, 3_000]), resolve));
        if (!isCalm && chance.is(failing)) throw new Error('no token');
        return { accessToken: `token ${++grants}`, expiresInMs: isCalm ? HOUR : expiresInMs };
      },
      refreshBeforeExpiryMs: chance.of([0, 300]),
      origins: ORIGINS,
    };
  }

  #update(): void {
    if (this.#isClosed) return;
    const { governor, ...rest } = this.#config();
    const chance = this.#chance;
    const change: HoldlineConfig = chance.is(0.5) ? {} : rest;
    this.line.update({ ...change, ...(governor && chance.is(0.8) ? { governor } : {}) });
  }

  #holdBack(): void {
    const chance = this.#chance;
    this.line.holdBack(
      { method: 'GET', url: `${ORIGINS[0] as string}${chance.of(PATHS)}` },
      chance.of([0, 300, 40_000]),
    );
  }

  #isolate(): void {
    const undo = this.line.isolate('GET /a');
    this.#hands.push(undo);
    this.clock.setTimer(this.#chance.next() * 20_000, undo);
  }

  #permit(): void {
    const chance = this.#chance;
    const url = `${ORIGINS[1] as string}${chance.of(PATHS)}`;
    try {
      const permit = this.line.permit({ method: 'GET', url, context: { weight: chance.whole(1, 2) } });
      const end = (): void => (chance.is(0.5) ? permit.sent() : permit.giveBack());
      if (chance.is(0.5)) permit.granted.then(end, () => undefined);
      else this.clock.setTimer(chance.next() * 5_000, () => permit.giveBack());
    } catch {
      // The line refused the request.
    }
  }

  #inspect(): void {
    this.line.explain({ method: 'GET', url: `${ORIGINS[0] as string}/a` });
    this.line.snapshot();
    this.line.exportState();
  }

  #jump(): void {
    this.clock.jumpWall(this.#chance.whole(-1e7, 1e7));
  }

  /** Another process closes a gate or returns permits. */
  #actAsOtherProcess(): void {
    const chance = this.#chance;
    const { scope } = chance.of(this.line.snapshot().scopes) ?? {};
    const news = this.#ledger?.news;
    if (scope === undefined || !news) return;
    if (chance.is(0.7)) news.onGate(scope, chance.of([0, 300, 5_000, 40_000]));
    else news.onChange(scope);
  }

  #loseStore(): void {
    const ledger = this.#ledger as ChaoticLedger;
    ledger.lostUntil = this.clock.now() + this.#chance.of([50, 3_000, 30_000]);
    this.clock.setTimer(ledger.lostUntil - this.clock.now(), () => ledger.news?.onReady());
  }

  #close(): void {
    this.#isClosed = true;
    void this.line.close();
  }
}

type Trouble = 'lost' | 'unsent' | 'hangs' | 401 | 404 | 429 | 500 | 502 | 503;

const TROUBLES: readonly Trouble[] = ['lost', 'lost', 'unsent', 'hangs', 401, 404, 429, 429, 500, 502, 503, 503];
