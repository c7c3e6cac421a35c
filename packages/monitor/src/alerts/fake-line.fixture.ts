import { EVENT_NAMES, type HoldlineEvents, Listeners, type Snapshot } from '@holdline/core';
import { VirtualClock } from '@holdline/core/testing';
import { onTestFinished } from 'vitest';
import { emptySnapshot } from '../empty-snapshot.js';
import { monitor } from '../monitor.js';
import type { Alert, Monitor, Watchable } from '../types.js';
import type { AlertOptions } from './options.js';

type Scope = Snapshot['scopes'][number];

/** A line whose events and snapshots a test makes, with a monitor and the alerts that it raised. */
export class FakeLine extends Listeners<HoldlineEvents> implements Watchable {
  readonly clock = new VirtualClock(Date.UTC(2026, 0, 1, 10));
  readonly watch: Monitor;
  /** `second raised|resolved id`. */
  readonly told: string[] = [];
  state: Partial<Snapshot> = {};
  #callId = 0;

  constructor(options: AlertOptions = {}) {
    super(EVENT_NAMES);
    this.watch = monitor(this, { clock: this.clock, alerts: options, name: 'agents' });
    const tell = (what: string) => (alert: Alert) => this.told.push(`${this.clock.now() / 1000} ${what} ${alert.id}`);
    this.watch.on('alertRaised', tell('raised'));
    this.watch.on('alertResolved', tell('resolved'));
    onTestFinished(() => this.watch.stop());
  }

  snapshot(): Snapshot {
    return { ...emptySnapshot(), ...this.state };
  }

  /** A call with one attempt. */
  call({
    route = 'GET /users',
    status: answered = 200 as number | 'none',
    durationMs = 20,
    error = undefined as HoldlineEvents['call']['error'],
  } = {}): void {
    const status = answered === 'none' ? undefined : answered;
    const callId = ++this.#callId;
    const about = { callId, route, method: 'GET', origin: 'https://api.test' };
    const who = { priority: 'normal', tenant: undefined } as const;
    this.emit('callStarted', { ...about, ...who, resource: 'r' });
    this.emit('attemptStarted', { callId, route, attempt: 1 });
    const isRefused = status === 429 || status === 503;
    const outcome =
      status === undefined
        ? 'unknown'
        : status < 400
          ? 'ok'
          : isRefused
            ? 'refused'
            : status === 401
              ? 'unauthorized'
              : 'rejected';
    this.emit('attempt', { ...about, attempt: 1, outcome, status, durationMs });
    const end = status !== undefined && status < 400 ? 'ok' : 'failed';
    this.emit('call', {
      ...about,
      ...who,
      outcome: end,
      status,
      error,
      attempts: 1,
      waitedMs: 0,
      queuedMs: 0,
      durationMs,
      answeredBy: undefined,
    });
  }

  /** Makes calls every second. */
  async callFor(seconds: number, ...kinds: Parameters<FakeLine['call']>[0][]): Promise<void> {
    for (let s = 0; s < seconds; s++) {
      for (const kind of kinds) this.call(kind);
      await this.clock.advance(1_000);
    }
  }

  /** A refusal that closes the gate of a scope. */
  refuse(scope: string, forMs: number): void {
    this.emit('gateClosed', {
      scope,
      forMs,
      retryAt: this.clock.wall() + forMs,
      by: { callId: 0, route: 'GET /users', status: 429 },
    });
    this.setScope(scope, { gate: 'closed', retryAt: this.clock.wall() + forMs });
  }

  open(scope: string): void {
    this.emit('gateOpened', { scope });
    this.setScope(scope, { gate: 'open', retryAt: undefined });
  }

  setScope(scope: string, change: Partial<Scope>): void {
    const others = (this.state.scopes ?? []).filter((one) => one.scope !== scope);
    const before = this.state.scopes?.find((one) => one.scope === scope);
    const base: Scope = before ?? {
      scope,
      kind: 'credential',
      key: scope,
      inFlight: 0,
      waiting: 0,
      gate: 'open',
      retryAt: undefined,
      quotas: [],
      learned: undefined,
    };
    this.state = { ...this.state, scopes: [...others, { ...base, ...change }] };
  }

  setQuota(scope: string, used: number, limit: number): void {
    const quota = { name: undefined, given: limit, limit, windowMs: 60_000, used, counts: undefined, evidence: {} };
    this.setScope(scope, { quotas: [quota as unknown as Scope['quotas'][number]] });
  }

  setToken(token: Partial<NonNullable<Snapshot['token']>>): void {
    const base = { epoch: 1, state: 'valid', ageMs: 0, expiresInMs: 0, renewsInMs: 0, refreshing: false } as const;
    this.state = { ...this.state, token: { ...base, ...token } };
  }

  async advance(seconds: number): Promise<void> {
    await this.clock.advance(seconds * 1000);
  }

  /** What was told about one rule. */
  of(rule: string): string[] {
    return this.told.filter((line) => line.includes(`d ${rule}`));
  }
}
