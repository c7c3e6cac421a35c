// Read flows.
export { readFlow, type ReadFlowOptions } from './read/read-flow.js';
export { FlowFileError, type FlowFileErrorCode } from './read/flow-file-error.js';
export { DEFAULT_MAX_BYTES } from './read/limits.js';
export type {
  ActionKind,
  ErrorHandling,
  Flow,
  FlowAction,
  FlowBranch,
  FlowSequence,
  FlowType,
  FlowValue,
  FlowVariable,
  Place,
} from './flow/types.js';
