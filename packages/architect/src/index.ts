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

// Questions about a flow.
export { flowCycles, type FlowCycle } from './flow/cycles.js';
export { knownValue } from './flow/known-value.js';
export { reachableActions } from './flow/reachability.js';
export { turnPaths, turnSearch, type TurnConditions, type TurnPath } from './flow/turns.js';
export { worstCase, type WorstCase } from './flow/worst-case.js';

// Generate flows.
export { generateFlow, type FlowTemplates } from './generate/generate-flow.js';
export type { GeneratedCall, GeneratedInput } from './generate/archy-parts.js';
export type {
  BoundedRetryOptions,
  DataTableCacheOptions,
  GeneratedFlowOptions,
  OverflowOptions,
} from './generate/templates.js';

// Read CXone Studio scripts.
export { readStudioScript, type StudioAction, type StudioBranch, type StudioScript } from './studio/studio-script.js';
export { shortTurns, STUDIO_TURN_MS, type ShortTurn } from './studio/short-turns.js';

// Check flows.
export { lintFlow } from './lint/lint-flow.js';
export type { Finding, NotChecked } from './lint/lint-flow.js';
export { lintFiles } from './lint/lint-files.js';
export type { LintInput, LintReport, UnknownSuppression, UnreadableFile } from './lint/lint-files.js';
export { checkLintOptions, LintOptionError, parseLintOptions } from './lint/options.js';
export type { DataActionNumbers, FlowNumbers, LimitOptions, LintOptions } from './lint/options.js';
export { RULES } from './rules/index.js';
export type { Level } from './rules/level.js';
export type { RuleInfo, RuleSource } from './rules/rule.js';
export { RULE_IDS, type RuleId } from './rules/rule-ids.js';
export { toSarif } from './report/sarif.js';
export type {
  SarifDriver,
  SarifInvocation,
  SarifLocation,
  SarifLog,
  SarifNotification,
  SarifResult,
  SarifRule,
  SarifRun,
  SarifText,
} from './report/sarif.js';
