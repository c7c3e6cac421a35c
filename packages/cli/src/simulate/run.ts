import {
  answered,
  createHoldline,
  PRIORITIES,
  type CallRequest,
  type HoldlineConfig,
  type HoldlineErrorCode,
  type Priority,
} from '@holdline/core';
import { seededRandom, VirtualClock } from '@holdline/core/testing';
import { Agenda } from './agenda.js';
import type { Change } from './change.js';
import type { Load, PlannedCall } from './load.js';
import { PlatformModel } from './platform-model.js';
import { RequestSaver, type CallEnd } from './request-saver.js';
import type { PlatformSettings, ScenarioSettings } from './scenario.js';
import { CountSeries, MaximumSeries, Numbers } from './statistics.js';
import type { GroupResult, RunResult } from './types.js';

const ORIGIN = 'https://platform.example';
/** Simulated time between two reports of progress. */
const STEP_MS = 1_000;

/** One run: a scenario with its changes applied. */
export interface RunSettings extends Pick<ScenarioSettings, 'credentials' | 'seed' | 'untilMs'> {
  name: string;
  platform: PlatformSettings;
  /** Configuration of the line with its quotas. */
  holdline: HoldlineConfig;
  load: Load;
  /** Changes that save requests. */
  changes: readonly Change[];
}

interface Tally {
  group: number;
  priority: Priority;
  calls: number;
  ok: number;
  failed: number;
  refused: number;
  waits: Numbers;
  lastEndedMs: number;
  requests: number;
  throttled: number;
  saved: number;
}

/** A call on its way through the line. */
interface Active {
  call: PlannedCall;
  requests: number;
  throttled: number;
  leftAt: number;
  ended: (end: CallEnd) => void;
}

/** Errors with which the line refuses a call before it sends anything. */
const REFUSALS = new Set<string>([
  'HOLDLINE_CIRCUIT_OPEN',
  'HOLDLINE_DEADLINE',
  'HOLDLINE_QUEUE_FULL',
  'HOLDLINE_THROTTLED',
]);

/**
 * Runs a load against a platform through a real line on a virtual clock.
 *
 * @throws ConfigError for a wrong configuration of the line.
 */
export async function run(settings: RunSettings, onProgress?: (ended: number) => void): Promise<RunResult> {
  return new Run(settings).execute(onProgress);
}

class Run {
  readonly #clock = new VirtualClock();
  readonly #agenda = new Agenda(this.#clock);
  readonly #tallies = new Map<number, Tally>();
  readonly #refusedBy: Partial<Record<HoldlineErrorCode, number>> = {};
  readonly #active = new Map<number, Active>();
  /** Times of the agents of each group. */
  readonly #agents: Numbers[];
  readonly #model: PlatformModel;
  readonly #sent: CountSeries;
  readonly #waiting: MaximumSeries;
  #begun = 0;
  #ended = 0;
  #waits = 0;
  #starting: Active | undefined;

  constructor(readonly settings: RunSettings) {
    const { platform, seed } = settings;
    this.#agents = settings.load.groups.map(() => new Numbers());
    this.#model = new PlatformModel(platform, seededRandom(seed + 1));
    const first = platform.limits[0];
    const windowMs = first?.windowMs ?? 1_000;
    const phaseMs = first?.counts === 'fixed' ? first.phaseMs % windowMs : 0;
    this.#sent = new CountSeries(phaseMs > 0 ? phaseMs - windowMs : 0, windowMs);
    this.#waiting = new MaximumSeries(windowMs / 60);
  }

  async execute(onProgress?: (ended: number) => void): Promise<RunResult> {
    const { settings } = this;
    const { load, seed, untilMs, platform, changes } = settings;
    const clock = this.#clock;
    const random = seededRandom(seed);
    const line = createHoldline({
      ...settings.holdline,
      ...(settings.credentials > 1 && { token: { pool: credentialPool(settings.credentials) } }),
      clock,
      random: seededRandom(seed + 2),
    });
    line.on('callStarted', ({ callId }) => {
      if (this.#starting) this.#active.set(callId, this.#starting);
    });
    line.on('call', ({ callId, outcome, waitedMs, error }) => {
      const active = this.#active.get(callId);
      this.#active.delete(callId);
      const { requests = 0, throttled = 0, leftAt = clock.now() } = active ?? {};
      const end = { ok: outcome === 'ok', waitedMs, requests, throttled, error, isSaved: false };
      active?.ended({ ...end, leftAt: requests === 0 ? clock.now() : leftAt });
    });
    line.on('retry', ({ callId }) => {
      const active = this.#active.get(callId);
      if (active) this.#wait(active.call, true);
    });
    const schedule = {
      now: () => clock.now(),
      at: (ms: number, run: () => void) => this.#agenda.add(ms, run),
      after: (ms: number, run: () => void) => this.#agenda.add(clock.now() + ms, run),
    };
    const saver = new RequestSaver(changes, schedule, (call, priority, ended) => {
      const active = { call, requests: 0, throttled: 0, leftAt: 0, ended };
      this.#starting = active;
      // The event `call` has the result.
      line.run(this.#request(active, priority)).catch(() => undefined);
      this.#starting = undefined;
    });
    const begin = (call: PlannedCall): void => this.#begin(call, saver);
    const finished = (group: number, ms: number): void => this.#agents[group]?.add(ms);
    load.plan(schedule, { begin, finished }, random);
    if (platform.others) {
      const { everyMs } = platform.others;
      const ask = (): void => {
        this.#model.answerOther(clock.now());
        if (this.#ended < load.calls) schedule.after(everyMs, ask);
      };
      if (load.calls > 0) schedule.at(everyMs, ask);
    }
    while (this.#ended < load.calls && clock.now() < untilMs && clock.pending > 0) {
      await clock.advance(Math.min(STEP_MS, untilMs - clock.now()));
      onProgress?.(this.#ended);
    }
    const result = this.#result();
    // Calls that have not ended belong to no result; the line ends them.
    this.#active.clear();
    const closed = line.close({ timeoutMs: 1 });
    await clock.advance(STEP_MS);
    await closed;
    return result;
  }

  #begin(call: PlannedCall, saver: RequestSaver): void {
    const startedAt = this.#clock.now();
    const tally = this.#tally(call);
    tally.calls++;
    this.#begun++;
    this.#waiting.set(startedAt, ++this.#waits);
    saver.begin(call, (end) => {
      const now = this.#clock.now();
      this.#wait(call, false);
      this.#ended++;
      const isRefused = end.requests === 0 && end.error !== undefined && REFUSALS.has(end.error);
      // A call that is refused at once would make the waits of the others look short.
      if (!isRefused) tally.waits.add(end.isSaved ? end.waitedMs : Math.min(end.waitedMs, now - startedAt));
      if (isRefused) tally.refused++;
      tally.lastEndedMs = now;
      tally.requests += end.requests;
      tally.throttled += end.throttled;
      if (end.isSaved) tally.saved++;
      if (end.ok) tally.ok++;
      else tally.failed++;
      if (isRefused) this.#countRefusal(end.error as HoldlineErrorCode);
      call.onEnd?.();
    });
  }

  #countRefusal(error: HoldlineErrorCode): void {
    this.#refusedBy[error] = (this.#refusedBy[error] ?? 0) + 1;
  }

  #wait(call: PlannedCall, isWaiting: boolean): void {
    if (call.isWaiting === isWaiting) return;
    call.isWaiting = isWaiting;
    this.#waits += isWaiting ? 1 : -1;
    this.#waiting.set(this.#clock.now(), this.#waits);
  }

  #tally({ group, priority = 'normal' }: PlannedCall): Tally {
    const key = group * PRIORITIES.length + PRIORITIES.indexOf(priority);
    let tally = this.#tallies.get(key);
    if (!tally) {
      const counts = { calls: 0, ok: 0, failed: 0, refused: 0, lastEndedMs: 0, requests: 0, throttled: 0, saved: 0 };
      this.#tallies.set(key, (tally = { group, priority, ...counts, waits: new Numbers() }));
    }
    return tally;
  }

  #request(active: Active, priority: Priority | undefined): CallRequest {
    const { call } = active;
    const { method, route, tenant } = call;
    const path = call.path.replace(/:[\w-]+|\*\*?/g, '1');
    const headers = new Map<string, string>();
    const clock = this.#clock;
    return {
      method,
      url: ORIGIN + path,
      ownOrigin: ORIGIN,
      replayable: true,
      headers: {
        get: (name) => headers.get(name.toLowerCase()),
        set: (name, value) => void headers.set(name.toLowerCase(), value),
      },
      context: { ...(priority !== undefined && { priority }), ...(tenant !== undefined && { tenant }) },
      send: async () => {
        const now = clock.now();
        active.requests++;
        active.leftAt = now;
        this.#sent.add(now);
        this.#wait(call, false);
        const token = headers.get('authorization') ?? 'the only credential';
        const { status, retryAfter, limitKey, serviceMs } = this.#model.answer({ token, method, path, route }, now);
        if (status === 429) active.throttled++;
        if (serviceMs > 0) await new Promise<void>((resolve) => void this.#agenda.add(now + serviceMs, resolve));
        return answered(undefined, {
          status,
          header: (name) => (name === 'retry-after' ? retryAfter : undefined),
          limitKey,
          threw: status >= 400,
        });
      },
    };
  }

  #result(): RunResult {
    const { load, name, platform, credentials } = this.settings;
    const tallies = [...this.#tallies.values()].sort(
      (a, b) => a.group - b.group || PRIORITIES.indexOf(a.priority) - PRIORITIES.indexOf(b.priority),
    );
    const requests = tallies.reduce((sum, tally) => sum + tally.requests, 0);
    const groups = tallies.map((tally) => groupResult(tally, load.groups[tally.group]?.name ?? '', requests));
    const waits = new Numbers();
    for (const tally of tallies) waits.addAll(tally.waits);
    const sum = (read: (group: GroupResult) => number): number => groups.reduce((all, one) => all + read(one), 0);
    const first = platform.limits[0];
    return {
      name,
      groups,
      total: {
        calls: this.#begun,
        ok: sum(({ ok }) => ok),
        failed: sum(({ failed }) => failed),
        refused: sum(({ refused }) => refused),
        unfinished: load.calls - this.#ended,
        waits: waits.waits(),
        lastEndedMs: Math.max(0, ...groups.map(({ lastEndedMs }) => lastEndedMs)),
        requests,
        throttled: sum(({ throttled }) => throttled),
        saved: sum(({ saved }) => saved),
        share: requests > 0 ? 1 : 0,
      },
      agents: this.#agents
        .map((times, i) => ({ group: load.groups[i]?.name ?? '', agents: times.count, ...times.waits() }))
        .filter(({ agents }) => agents > 0),
      refusedBy: this.#refusedBy,
      sent: this.#sent.series(),
      windowMs: first?.windowMs ?? 1_000,
      waiting: this.#waiting.series(),
      allowed: first && first.limit * (first.per === 'token' ? credentials : 1),
    };
  }
}

function groupResult(tally: Tally, group: string, allRequests: number): GroupResult {
  const { priority, calls, ok, failed, refused, lastEndedMs, requests, throttled, saved } = tally;
  return {
    group,
    priority,
    calls,
    ok,
    failed,
    refused,
    unfinished: calls - ok - failed,
    waits: tally.waits.waits(),
    lastEndedMs,
    requests,
    throttled,
    saved,
    share: allRequests > 0 ? requests / allRequests : 0,
  };
}

/** Credentials whose tokens never expire. */
function credentialPool(count: number): { name: string; grant: () => Promise<{ accessToken: string }> }[] {
  return Array.from({ length: count }, (_, i) => ({
    name: `credential ${i + 1}`,
    grant: () => Promise.resolve({ accessToken: `simulated-${i + 1}` }),
  }));
}
