export type { Flow, FlowAction, FlowSequence } from './flow/types.js';
