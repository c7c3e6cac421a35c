import { check, checkOrigins, systemClock, ConfigError, type Check, type Clock } from '@holdline/core';
import type { MeterProvider, TracerProvider } from '@opentelemetry/api';

/**
 * Options of the function `telemetry`.
 * @public
 */
export interface TelemetryOptions {
  /**
   * Name of the line, as the attribute `holdline.line` of its metrics and spans. Lines without a name, or with the same name, are counted
   * together. Give names from a fixed set, never one for each request.
   * @defaultValue none: the metrics have no attribute `holdline.line`
   */
  name?: string;
  /**
   * Where the metrics go.
   * @defaultValue the global meter provider, also if it is registered later; metrics from before are not recorded
   */
  meterProvider?: MeterProvider;
  /**
   * Where the spans go.
   * @defaultValue the global tracer provider
   */
  tracerProvider?: TracerProvider;
  /**
   * Whether the histogram `http.client.request.duration` is recorded. `'auto'` leaves it out while an instrumentation of OpenTelemetry
   * for HTTP or undici records it with the same meter provider, because each request would count twice.
   * @defaultValue 'auto'
   */
  httpDuration?: boolean | 'auto';
  /**
   * Whether the histogram `holdline.call.duration` is recorded: the durations of calls with all waits, by route.
   * @defaultValue false (the SDK of OpenTelemetry needs some 1.5 µs for each value of a histogram)
   */
  callDuration?: boolean;
  /**
   * Whether the path template of the route is the attribute `url.template` of that histogram and of attempt spans, and part of the names of
   * these spans.
   * @defaultValue false (the attribute is still in development in the semantic conventions)
   */
  urlTemplate?: boolean;
  /**
   * Whether names of tenants appear: in the metric `holdline.queue.tenant.length`, in the scope of tenant quotas, and in call spans.
   * @defaultValue false (a name may identify a customer, and each adds series)
   */
  tenants?: boolean;
  /**
   * Largest number of series of one metric. Above it, new routes, scopes, hosts and tenants are counted as `other`.
   * @defaultValue 1,000 (ours: half of the limit at which the SDK of OpenTelemetry merges the rest into one series)
   */
  maxSeries?: number;
  /**
   * Whether spans are made: one for each call, and one for each attempt. `'calls'` leaves the attempts to an instrumentation of the
   * transport, such as `@opentelemetry/instrumentation-undici`. Spans add two policies to the line, which cost each call some microseconds.
   * @defaultValue false
   */
  traces?: boolean | 'calls';
  /**
   * Whether attempts carry the trace context, such as the header `traceparent`. A list names the origins that get it. Needs `traces`.
   * @defaultValue false (platforms ignore the header, it tells a foreign system about your traces, and in a browser it needs a preflight)
   */
  propagate?: boolean | string[];
  /**
   * The clock of the line, for the time until a gate opens.
   * @defaultValue the system clock
   */
  clock?: Clock;
}

/** Defaults of {@link TelemetryOptions}. */
export const TELEMETRY_DEFAULTS = {
  httpDuration: 'auto',
  callDuration: false,
  urlTemplate: false,
  tenants: false,
  maxSeries: 1_000,
  traces: false,
  propagate: false,
} as const satisfies TelemetryOptions;

/** {@link TelemetryOptions}, checked and complete. */
export interface ResolvedTelemetryOptions extends Required<
  Omit<TelemetryOptions, 'name' | 'meterProvider' | 'tracerProvider'>
> {
  readonly name: string | undefined;
  readonly meterProvider: MeterProvider | undefined;
  readonly tracerProvider: TracerProvider | undefined;
}

const port =
  <T>(allowed: string, ...methods: (keyof T & string)[]): Check<T> =>
  (value, key) =>
    check.isRecord(value) && methods.every((method) => typeof value[method] === 'function')
      ? (value as T)
      : check.refuse(key, value, allowed);

const flagOr =
  <T>(other: Check<T>, allowed: string): Check<boolean | T> =>
  (value, key) => {
    if (typeof value === 'boolean') return value;
    return typeof value === 'string' || Array.isArray(value) ? other(value, key) : check.refuse(key, value, allowed);
  };

const word =
  <T extends string>(only: T): Check<T> =>
  (value, key) =>
    value === only ? only : check.refuse(key, value, `true, false or '${only}'`);

const checkShape = check.shape<TelemetryOptions>({
  name: check.text,
  meterProvider: port<MeterProvider>('a meter provider with getMeter', 'getMeter'),
  tracerProvider: port<TracerProvider>('a tracer provider with getTracer', 'getTracer'),
  httpDuration: flagOr(word('auto'), "true, false or 'auto'"),
  callDuration: check.flag,
  urlTemplate: check.flag,
  tenants: check.flag,
  maxSeries: check.number({ min: 1, max: 100_000, integer: true }),
  traces: flagOr(word('calls'), "true, false or 'calls'"),
  propagate: flagOr(checkOrigins, 'true, false or a list of origins'),
  clock: port<Clock>('a clock with now, wall, setTimer', 'now', 'wall', 'setTimer'),
});

/**
 * Checks {@link TelemetryOptions}.
 * @throws ConfigError naming the key, the value and the allowed values.
 */
export function checkTelemetryOptions(options: TelemetryOptions): ResolvedTelemetryOptions {
  const { name, meterProvider, tracerProvider, ...rest } = checkShape(options, 'options');
  const complete = { ...TELEMETRY_DEFAULTS, clock: systemClock, ...rest };
  if (complete.propagate !== false && complete.traces !== true)
    throw new ConfigError('options.propagate needs options.traces: true');
  return { ...complete, name, meterProvider, tracerProvider };
}
