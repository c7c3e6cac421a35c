/**
 * The names of all rules, in the order of the documentation.
 * @public
 */
export const RULE_IDS = [
  'data-action-loop-without-wait',
  'unbounded-retry',
  'too-many-actions',
  'wait-too-long',
  'data-action-without-failure-path',
  'data-action-volume',
  'repeated-data-action',
  'cacheable-data-action',
  'polling-of-a-topic',
  'error-handling-disconnects',
  'studio-loop-without-wait',
] as const;

/**
 * Name of a rule.
 * @public
 */
export type RuleId = (typeof RULE_IDS)[number];
