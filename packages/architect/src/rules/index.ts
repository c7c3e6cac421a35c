import { cacheableDataAction } from './cacheable-data-action.js';
import { dataActionLoopWithoutWait } from './data-action-loop-without-wait.js';
import { dataActionVolume } from './data-action-volume.js';
import { dataActionWithoutFailurePath } from './data-action-without-failure-path.js';
import { errorHandlingDisconnects } from './error-handling-disconnects.js';
import { pollingOfATopic } from './polling-of-a-topic.js';
import { repeatedDataAction } from './repeated-data-action.js';
import type { FlowRule, Rule, RuleInfo } from './rule.js';
import type { StudioScript } from '../studio/studio-script.js';
import { studioLoopWithoutWait } from './studio-loop-without-wait.js';
import { tooManyActions } from './too-many-actions.js';
import { unboundedRetry } from './unbounded-retry.js';
import { waitTooLong } from './wait-too-long.js';

/** All rules about flows, in the order of the documentation. */
export const FLOW_RULES: readonly FlowRule[] = [
  dataActionLoopWithoutWait,
  unboundedRetry,
  tooManyActions,
  waitTooLong,
  dataActionWithoutFailurePath,
  dataActionVolume,
  repeatedDataAction,
  cacheableDataAction,
  pollingOfATopic,
  errorHandlingDisconnects,
];

/** All rules about scripts of CXone Studio. */
export const STUDIO_RULES: readonly Rule<StudioScript>[] = [studioLoopWithoutWait];

/**
 * What the rules are about: their ids, levels, reasons and sources.
 * @public
 */
export const RULES: readonly RuleInfo[] = [...FLOW_RULES, ...STUDIO_RULES];
