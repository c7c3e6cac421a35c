import type { OutcomeClass } from '@holdline/core';
import type { Attributes, BatchObservableResult } from '@opentelemetry/api';
import { attemptError, serverAttributes, templateOf } from './attributes.js';
import type { CounterName, GaugeName, Instruments } from './instruments.js';
import { GaugeTable, OTHER, SeriesTable } from './tables.js';

/** The classes of outcomes, so that a number can stand for one. */
export const OUTCOMES: readonly OutcomeClass[] = [
  'ok',
  'rejected',
  'unauthorized',
  'refused',
  'not-sent',
  'local',
  'unknown',
  'cancelled',
];
const METHOD_NAMES = [
  '_OTHER',
  'GET',
  'HEAD',
  'POST',
  'PUT',
  'DELETE',
  'CONNECT',
  'OPTIONS',
  'TRACE',
  'PATCH',
  'QUERY',
];
const METHOD_INDEX = new Map(METHOD_NAMES.map((name, i) => [name, i]));
const OUTCOME_INDEX = new Map(OUTCOMES.map((name, i) => [name, i]));
/** Room for a status in a number. */
const STATUSES = 1_024;
const OUTCOME_ROOM = 16;

/** A number for an outcome and a status. Zero stands for no status. */
export function attemptCode(outcome: OutcomeClass, status: number | undefined): number {
  return (OUTCOME_INDEX.get(outcome) ?? 0) * STATUSES + (status ?? 0);
}

/** A number for a method, an outcome and a status. */
export function requestCode(method: string, outcome: OutcomeClass, status: number | undefined): number {
  return (METHOD_INDEX.get(method) ?? 0) * OUTCOME_ROOM * STATUSES + attemptCode(outcome, status);
}

function attemptOf(code: number): { outcome: OutcomeClass; status: number | undefined } {
  const status = code % STATUSES;
  const outcome = OUTCOMES[Math.floor(code / STATUSES) % OUTCOME_ROOM] ?? 'unknown';
  return { outcome, status: status === 0 ? undefined : status };
}

const statusAttribute = (status: number | undefined): Attributes =>
  status === undefined ? {} : { 'http.response.status_code': status };

function attemptAttributes(route: string, code: number): Attributes {
  const { outcome, status } = attemptOf(code);
  return { 'holdline.route': route, 'holdline.attempt.outcome': outcome, ...statusAttribute(status) };
}

/** @param target - An origin, or an origin and a route. */
function requestAttributes(target: string, code: number): Attributes {
  const { outcome, status } = attemptOf(code);
  const error = attemptError(outcome, status);
  const space = target.indexOf(' ');
  const origin = space < 0 ? target : target.slice(0, space);
  return {
    'http.request.method': METHOD_NAMES[Math.floor(code / STATUSES / OUTCOME_ROOM)] ?? '_OTHER',
    ...serverAttributes(origin),
    ...statusAttribute(status),
    ...(error === undefined ? {} : { 'error.type': error }),
    ...(space < 0 ? {} : { 'url.template': templateOf(target.slice(space + 1)) }),
  };
}

const only =
  (name: string) =>
  (_: string, value: string | number): Attributes => ({ [name]: value });

const both =
  (first: string, second: string) =>
  (a: string, b: string | number): Attributes => ({ [first]: a, [second]: b });

const ofRoute = (name: string): ((route: string, value: string | number) => Attributes) => both('holdline.route', name);

/** Counts and states of all lines with one name. */
export class Tally {
  /** Number of series to which each instrument is limited. */
  maxSeries = 1;
  readonly counters = {
    calls: this.#series<string>((route, error) => ({
      'holdline.route': route,
      'holdline.outcome': error === '' ? 'ok' : 'failed',
      ...(error === '' ? {} : { 'error.type': error }),
    })),
    attempts: this.#series<number>(attemptAttributes),
    refusals: this.#series<number>((route, status) => ({
      'holdline.route': route,
      ...statusAttribute(status || undefined),
    })),
    rejections: this.#series<string>(ofRoute('error.type')),
    retries: this.#series<string>(ofRoute('holdline.retry.reason')),
    giveUps: this.#series<string>(ofRoute('holdline.give_up.reason')),
    saved: this.#series<string>(only('holdline.saved.by')),
    refreshes: this.#series<string>(only('holdline.token.result')),
    deadLetters: this.#series<string>(only('holdline.dead_letter.change')),
    storeFailures: this.#series<string>(only('holdline.store.operation')),
  } satisfies Record<CounterName, SeriesTable<string> | SeriesTable<number>>;
  readonly httpDuration = this.#series<number>(requestAttributes);
  readonly callDuration = this.#series<string>(ofRoute('holdline.outcome'));
  readonly queueWait = this.#series<string>(ofRoute('holdline.priority'));
  /** A quota is identified by kind and scope, and by its name. */
  readonly gauges = {
    queueLength: this.#gauge(only('holdline.priority'), true),
    tenantQueueLength: this.#gauge((tenant) => ({ 'holdline.tenant': tenant }), true),
    activeCalls: this.#gauge(() => ({}), true),
    activeAttempts: this.#gauge(() => ({}), true),
    quotaUsed: this.#gauge(quotaAttributes, true),
    quotaLimit: this.#gauge(quotaAttributes, false),
    gateClosed: this.#gauge((scope, kind) => scopeAttributes(kind, scope), true),
    gateTimeToOpen: this.#gauge((scope, kind) => scopeAttributes(kind, scope), true),
    retryBudgetLeft: this.#gauge((origin) => serverAttributes(origin), false),
    circuits: this.#gauge(ofRoute('holdline.breaker.state'), true),
    tokenAge: this.#gauge(credentialAttributes, false),
    tokenTimeToExpiry: this.#gauge(credentialAttributes, false),
    storeLost: this.#gauge(() => ({}), true),
  } satisfies Record<GaugeName, GaugeTable>;

  /** @param name - Name of the lines; undefined for lines without a name. */
  constructor(readonly name: string | undefined) {}

  /** Reports all counts and states to the SDK. */
  report(result: BatchObservableResult, { counters, gauges }: Instruments): void {
    for (const name of Object.keys(counters) as CounterName[]) {
      for (const { count, attributes } of this.counters[name].all()) result.observe(counters[name], count, attributes);
    }
    for (const name of Object.keys(gauges) as GaugeName[])
      this.gauges[name].report((value, attributes) => result.observe(gauges[name], value, attributes));
  }

  #base(attributes: Attributes): Attributes {
    return this.name === undefined ? attributes : { ...attributes, 'holdline.line': this.name };
  }

  #series<B extends string | number>(describe: (a: string, b: B) => Attributes): SeriesTable<B> {
    return new SeriesTable<B>((a, b) => this.#base(describe(a, b)));
  }

  #gauge(describe: (a: string, b: string) => Attributes, isZeroWhenGone: boolean): GaugeTable {
    return new GaugeTable((a, b) => this.#base(describe(a, b)), isZeroWhenGone);
  }
}

function scopeAttributes(kind: string, scope: string): Attributes {
  return { 'holdline.scope.kind': kind, 'holdline.scope': scope };
}

/** @param quota - Kind of the scope and name of the quota, divided by a space. */
function quotaAttributes(scope: string, quota: string): Attributes {
  const space = quota.indexOf(' ');
  return { ...scopeAttributes(quota.slice(0, space), scope), 'holdline.quota.name': quota.slice(space + 1) };
}

/** @param credential - Name in a pool; '' for the only credential of a line. */
function credentialAttributes(credential: string): Attributes {
  return credential === '' ? {} : { 'holdline.credential': credential === OTHER ? OTHER : credential };
}
