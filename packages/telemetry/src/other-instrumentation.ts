import type { MeterProvider } from '@opentelemetry/api';

/** Instrumentations that record `http.client.request.duration` for each request on the wire. */
const SCOPES = ['@opentelemetry/instrumentation-undici', '@opentelemetry/instrumentation-http'];
const METRIC = 'http.client.request.duration';

/** The state of the SDK in which its meters stand. It is internal to the SDK, so every part may be absent. */
interface ProviderState {
  readonly _sharedState?: { readonly meterSharedStates?: unknown };
}
interface MeterState {
  readonly metricStorageRegistry?: { readonly _sharedRegistry?: unknown; readonly _perCollectorRegistry?: unknown };
}

/**
 * Whether an instrumentation records the duration of HTTP requests with this meter provider. The API cannot tell, so this function reads the
 * state of the SDK. It finds nothing in another implementation of the API.
 */
export function isHttpMeasuredElsewhere(provider: MeterProvider): boolean {
  const states = (provider as ProviderState)._sharedState?.meterSharedStates;
  if (!(states instanceof Map)) return false;
  for (const [id, state] of states as Map<unknown, MeterState | undefined>) {
    const isInstrumentation = typeof id === 'string' && SCOPES.some((scope) => id.startsWith(`${scope}:`));
    if (isInstrumentation && mayRecord(state)) return true;
  }
  return false;
}

/** Whether the meter has the metric. Older versions of the instrumentations record another one, and a view may drop it. */
function mayRecord(state: MeterState | undefined): boolean {
  const { _sharedRegistry: shared, _perCollectorRegistry: perCollector } = state?.metricStorageRegistry ?? {};
  // Another version of the SDK has other internals. A missing metric is better than one that counts twice.
  if (!(shared instanceof Map) || !(perCollector instanceof Map)) return true;
  const all: unknown[] = [shared, ...perCollector.values()];
  return all.some((storages) => storages instanceof Map && storages.has(METRIC));
}
