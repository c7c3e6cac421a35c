/**
 * Bytes of a file that {@link readFlow} takes by default: 8 MiB.
 *
 * Source: the largest of the 33 exports and 45 Archy files that the vendor publishes as examples, read on 30 November 2026, has 501,420 bytes.
 * The default is sixteen times that.
 * @public
 */
export const DEFAULT_MAX_BYTES = 8 * 1024 * 1024;

/**
 * Tokens of a YAML file. The parser needs about 350 bytes of memory per token, so this bounds its memory to about 200 MB. The largest Archy
 * file among the vendor's examples has about 6,000.
 */
export const MAX_TOKENS = 500_000;

/** Nodes that the reader visits. Aliases make a small YAML file visit the same nodes again and again. */
export const MAX_VISITS = 2_000_000;

/** Actions of a flow. The platform runs at most 10,000 per invocation; a flow may have more than it runs. */
export const MAX_ACTIONS = 100_000;

/** Actions inside each other. The deepest flow among the vendor's examples has about 10. */
export const MAX_NESTED_ACTIONS = 200;

/** Values inside each other in one action. Expressions of exports are trees. */
export const MAX_NESTED_VALUES = 200;
