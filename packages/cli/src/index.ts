export { createProgram } from './program.js';
export type { Terminal } from './terminal/terminal.js';
export { explainInWords } from './explain/explain-in-words.js';
export { drawSimulation, printSimulation, simulate } from './simulate/index.js';
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
} from './simulate/index.js';

// For our own packages. These exports may change in any version.
export { runProgram } from './program.js';
