export { simulate } from './simulate.js';
export { printSimulation } from './table.js';
export { drawSimulation } from './svg.js';
export type {
  AgentTimes,
  Duration,
  GroupResult,
  LoadCall,
  LoadGroup,
  Platform,
  PlatformLimit,
  RecordedLoad,
  RunResult,
  Scenario,
  Series,
  SimulatedConfig,
  SimulateOptions,
  SimulationResult,
  Waits,
  WhatIfResult,
} from './types.js';
