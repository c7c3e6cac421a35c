export { SimulatorOptionError } from './check.js';
export type { AgentEvent, AgentSession } from './cxone/sessions.js';
export type {
  CorsOptions,
  Fault,
  Limit,
  LongPollOptions,
  QuotaHeaders,
  Rate,
  ScriptedAnswer,
  ScriptedResponse,
  SimulatorChange,
  SimulatorOptions,
  TokenEndpointOptions,
} from './options.js';
export { startSimulator, type CxoneSimulator, type Simulator } from './simulator.js';
export type { RouteStats, Stats } from './stats.js';
export { WIRE_LOG_MAX_ENTRIES, type WireEntry, type WireOutcome } from './wire.js';
