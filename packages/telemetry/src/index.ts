export { telemetry } from './telemetry.js';
export type { TelemetryOptions } from './options.js';
