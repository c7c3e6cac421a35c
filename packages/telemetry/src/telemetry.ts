import { ConfigError, isHoldline, type Holdline, type Undo } from '@holdline/core';
import { checkTelemetryOptions, type TelemetryOptions } from './options.js';
import { Recorder } from './recorder.js';
import { LineTracer } from './traces.js';

/** What is known of the lines that have or had telemetry. */
interface LineState {
  isOn: boolean;
  tracer: LineTracer | undefined;
}

// One state for all copies of the package, because a line must not be counted twice.
const KEY = Symbol.for('@holdline/telemetry/lines/1');
const realm = globalThis as { [KEY]?: WeakMap<Holdline, LineState> };
const states = (realm[KEY] ??= new WeakMap<Holdline, LineState>());

/**
 * Reports a line to OpenTelemetry: metrics always, spans on request. Telemetry also ends when the line closes.
 *
 * @param line - The line, as `createHoldline` or `holdlineOf` returns it.
 * @returns a function that ends this. The counts stay, because counters never fall.
 * @throws ConfigError for a wrong option, and for a line that has telemetry already.
 * @example
 * ```ts
 * import { createHoldline } from '@holdline/core';
 * import { telemetry } from '@holdline/telemetry';
 *
 * const line = createHoldline({ governor: { quotas: [{ limit: 300, windowMs: 60_000 }] } });
 * const stop = telemetry(line, { name: 'genesys', traces: true });
 * await line.close();
 * stop();
 * ```
 * @public
 */
export function telemetry(line: Holdline, options: TelemetryOptions = {}): Undo {
  if (!isHoldline(line)) throw new ConfigError('line must be a line made by createHoldline()');
  const resolved = checkTelemetryOptions(options);
  let state = states.get(line);
  if (!state) states.set(line, (state = { isOn: false, tracer: undefined }));
  if (state.isOn)
    throw new ConfigError('the line has telemetry already; end it before you start it with other options');
  const known = state;
  const stopTraces =
    resolved.traces === false ? undefined : (known.tracer ??= new LineTracer(line)).start(line, resolved);
  known.isOn = true;
  let isOver = false;
  const end = (): void => {
    if (isOver) return;
    isOver = true;
    known.isOn = false;
    stopTraces?.();
    recorder.end();
  };
  const recorder = new Recorder(line, resolved, end);
  return end;
}
