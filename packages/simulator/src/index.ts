export { SimulatorOptionError } from './check.js';
export type {
  Fault,
  Limit,
  QuotaHeaders,
  ScriptedAnswer,
  ScriptedResponse,
  SimulatorChange,
  SimulatorOptions,
  TokenEndpointOptions,
} from './options.js';
export { startSimulator, type Simulator } from './simulator.js';
export type { RouteStats, Stats } from './stats.js';
export { WIRE_LOG_MAX_ENTRIES, type WireEntry, type WireOutcome } from './wire.js';
