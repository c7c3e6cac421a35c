import type { EventName, HoldlineEvents, Snapshot } from '@holdline/core';

/** Maximum number of calls that are analysed. Later calls of a longer recording are counted, but not analysed. */
export const MAX_CALLS = 500_000;
/** Maximum number of calls that may be active at the same time. */
const MAX_ACTIVE = 100_000;

/** One attempt of a recorded call. Times in wall ms. */
export interface RecordedAttempt {
  readonly endedAt: number;
  readonly outcome: HoldlineEvents['attempt']['outcome'];
  readonly status: number | undefined;
  readonly durationMs: number;
}

/** One call of a recording. Times in wall ms. */
export interface RecordedCall {
  readonly route: string;
  readonly method: string;
  /** Fingerprint of method and URL. */
  readonly resource: string;
  readonly tenant: string | undefined;
  readonly startedAt: number;
  endedAt: number;
  failed: boolean;
  status: number | undefined;
  error: string | undefined;
  answeredBy: string | undefined;
  waitedMs: number;
  attempts: RecordedAttempt[];
  /** Waits for permits, by the scope that decided. */
  waits: { scope: string; ms: number }[];
  /** Times of the line's own retries. */
  retries: number;
}

/** The calls of a recording. */
export interface RecordedRun {
  /** Calls in the order of their start. */
  readonly calls: readonly RecordedCall[];
  /** Requests on the wire, those of calls that are not analysed included. */
  readonly requests: number;
  readonly from: number;
  readonly until: number;
  /** Attempts a minute that the smallest quota of a credential allows; undefined without a known quota. */
  readonly quotaPerMinute: number | undefined;
  /** Calls beyond {@link MAX_CALLS}, and calls without an end. */
  readonly skipped: number;
}

/** Builds the calls of a recording from its events. */
export class RunReader {
  readonly #calls: RecordedCall[] = [];
  readonly #active = new Map<string, RecordedCall>();
  readonly #queued = new Map<string, { at: number; scope: string | undefined }>();
  #requests = 0;
  #skipped = 0;
  #quotaPerMinute = Infinity;
  #from = Infinity;
  #until = -Infinity;

  /** Reads one event. Events of unknown calls are counted, but belong to no call: the recording began later. */
  read<E extends EventName>(line: string, event: E, data: HoldlineEvents[E], at: number): void {
    this.#from = Math.min(this.#from, at);
    this.#until = Math.max(this.#until, at);
    const read = READERS[event] as ((reader: this, key: string, data: unknown, at: number) => void) | undefined;
    if (!read) return;
    const { callId } = data as { callId?: number };
    if (typeof callId === 'number') read(this, `${line}/${callId}`, data, at);
  }

  /** Reads the limits of a recorded state. */
  readSnapshot({ scopes = [] }: Partial<Snapshot>): void {
    for (const { kind, quotas } of scopes) {
      if (kind !== 'credential') continue;
      for (const { limit, windowMs } of quotas)
        if (limit !== undefined) this.#quotaPerMinute = Math.min(this.#quotaPerMinute, (limit * 60_000) / windowMs);
    }
  }

  finish(): RecordedRun {
    const calls = this.#calls.filter(({ endedAt }) => endedAt !== Infinity);
    return {
      calls,
      requests: this.#requests,
      from: this.#from,
      until: this.#until,
      quotaPerMinute: this.#quotaPerMinute === Infinity ? undefined : this.#quotaPerMinute,
      skipped: this.#skipped + this.#calls.length - calls.length,
    };
  }

  start(key: string, { route, method, resource, tenant }: HoldlineEvents['callStarted'], at: number): void {
    if (this.#calls.length >= MAX_CALLS || this.#active.size >= MAX_ACTIVE) {
      this.#skipped++;
      return;
    }
    const call: RecordedCall = {
      route,
      method,
      resource,
      tenant,
      startedAt: at,
      endedAt: Infinity,
      failed: false,
      status: undefined,
      error: undefined,
      answeredBy: undefined,
      waitedMs: 0,
      attempts: [],
      waits: [],
      retries: 0,
    };
    this.#calls.push(call);
    this.#active.set(key, call);
  }

  attempt(key: string, { outcome, status, durationMs }: HoldlineEvents['attempt'], at: number): void {
    this.#requests++;
    this.#active.get(key)?.attempts.push({ endedAt: at, outcome, status, durationMs });
  }

  retry(key: string): void {
    const call = this.#active.get(key);
    if (call) call.retries++;
  }

  queue(key: string, { waitsFor }: HoldlineEvents['queued'], at: number): void {
    if (this.#active.has(key)) this.#queued.set(key, { at, scope: waitsFor });
  }

  permit(key: string, { waitedMs }: HoldlineEvents['permitted']): void {
    this.#endWait(key, waitedMs);
  }

  end(key: string, data: HoldlineEvents['call'], at: number): void {
    const wait = this.#queued.get(key);
    // A call that ends in the queue, because its time is over, has waited too.
    if (wait) this.#endWait(key, at - wait.at);
    const call = this.#active.get(key);
    if (!call) return;
    this.#active.delete(key);
    call.endedAt = at;
    call.failed = data.outcome === 'failed';
    call.status = data.status;
    call.error = data.error;
    call.answeredBy = data.answeredBy;
    call.waitedMs = data.waitedMs;
  }

  #endWait(key: string, ms: number): void {
    const wait = this.#queued.get(key);
    this.#queued.delete(key);
    if (wait && ms > 0) this.#active.get(key)?.waits.push({ scope: wait.scope ?? 'a permit', ms });
  }
}

type Reader<E extends EventName> = (reader: RunReader, key: string, data: HoldlineEvents[E], at: number) => void;

const READERS: { [E in EventName]?: Reader<E> } = {
  callStarted: (reader, key, data, at) => reader.start(key, data, at),
  attempt: (reader, key, data, at) => reader.attempt(key, data, at),
  retry: (reader, key) => reader.retry(key),
  queued: (reader, key, data, at) => reader.queue(key, data, at),
  permitted: (reader, key, data) => reader.permit(key, data),
  call: (reader, key, data, at) => reader.end(key, data, at),
};
