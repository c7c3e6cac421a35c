import { parse } from 'yaml';
import type { FlowAction } from '../flow/types.js';
import { LEVELS, type Level } from '../rules/level.js';
import { RULE_IDS } from '../rules/rule-ids.js';
import { nearest } from './nearest.js';

/**
 * Options of the rules. All keys are optional.
 * @public
 */
export interface LintOptions {
  /**
   * Level of each rule, or `'off'`.
   * @defaultValue the level of the rule itself
   */
  rules?: Readonly<Record<string, Level | 'off'>>;
  /**
   * Interactions that start a flow, per minute at the busiest time.
   * @defaultValue none: `data-action-volume` checks nothing
   */
  callsPerMinute?: number;
  /**
   * The 95th percentile of the duration of data actions, in ms, from the view Data Actions Performance Summary.
   * @defaultValue none: data actions at the same time are not checked
   */
  p95Ms?: number;
  /**
   * Turns of a loop whose count is not in the file.
   * @defaultValue 1
   */
  loopCount?: number;
  /**
   * Numbers for single flows, by their names.
   * @defaultValue those of all flows
   */
  flows?: Readonly<Record<string, FlowNumbers>>;
  /**
   * Numbers for single data actions, by their names or by `category/name`.
   * @defaultValue those of all data actions
   */
  actions?: Readonly<Record<string, DataActionNumbers>>;
  /**
   * Limits of your organization, if they differ from the defaults of the platform.
   * @defaultValue see {@link LimitOptions}
   */
  limits?: LimitOptions;
  /**
   * Part of the limit of actions above which `too-many-actions` warns, 0 to 1.
   * @defaultValue 0.8 (ours: a loop that grows by a quarter would break the flow)
   */
  actionShare?: number;
}

/**
 * Numbers for one flow. They replace those of {@link LintOptions}.
 * @public
 */
export interface FlowNumbers {
  /**
   * Interactions that start this flow, per minute at the busiest time.
   * @defaultValue that of all flows
   */
  callsPerMinute?: number;
  /**
   * Turns of a loop of this flow whose count is not in the file.
   * @defaultValue that of all flows
   */
  loopCount?: number;
}

/**
 * Numbers for one data action.
 * @public
 */
export interface DataActionNumbers {
  /**
   * The 95th percentile of its duration, in ms.
   * @defaultValue that of all data actions
   */
  p95Ms?: number;
  /**
   * Whether it calls the API of Genesys Cloud, and so spends the limit of a token.
   * @defaultValue whether the name of its integration has `Genesys Cloud Data Actions` or `PureCloud Data Actions`
   */
  callsPlatform?: boolean;
}

/**
 * Limits of an organization. The defaults are those of the vendor's blueprint on data actions; verify them in your organization.
 * @public
 */
export interface LimitOptions {
  /**
   * Actions of one invocation of a flow.
   * @defaultValue 10000 (Genesys Cloud Resource Center)
   */
  actions?: number;
  /**
   * Data actions per minute.
   * @defaultValue 2500 (blueprint of the vendor)
   */
  dataActionsPerMinute?: number;
  /**
   * Data actions at the same time.
   * @defaultValue 50 (blueprint of the vendor)
   */
  concurrentDataActions?: number;
  /**
   * Requests to the API of the platform per minute and token.
   * @defaultValue 300 (blueprint of the vendor)
   */
  requestsPerToken?: number;
}

/** The options of one flow, with the defaults. */
export interface LintSettings {
  readonly callsPerMinute: number | undefined;
  readonly loopCount: number | undefined;
  readonly limits: Required<LimitOptions>;
  readonly actionShare: number;
  levelOf(rule: string): Level | 'off' | undefined;
  /** The 95th percentile of the duration of a data action, in ms; undefined if it was not given. */
  p95Of(action: FlowAction): number | undefined;
  /** Whether a data action calls the API of the platform; undefined if it was not given. */
  callsPlatform(action: FlowAction): boolean | undefined;
}

/**
 * A wrong option of the linter. The message names the key, the value and what is allowed.
 * @public
 */
export class LintOptionError extends Error {
  override readonly name = 'LintOptionError';
}

type Check = (value: unknown, key: string) => void;

const describe = (value: unknown): string =>
  typeof value === 'string'
    ? `'${value.slice(0, 80)}'`
    : typeof value === 'object' && value !== null
      ? `an ${Array.isArray(value) ? 'array' : 'object'}`
      : String(value);

function refuse(key: string, value: unknown, allowed: string): never {
  throw new LintOptionError(`${key === '' ? 'the configuration' : key} must be ${allowed}, got ${describe(value)}`);
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const number =
  (allowed: string, isAllowed: (value: number) => boolean): Check =>
  (value, key) => {
    if (typeof value !== 'number' || !Number.isFinite(value) || !isAllowed(value)) refuse(key, value, allowed);
  };

const positive = number('a number above 0', (value) => value > 0);
const notNegative = number('a number of at least 0', (value) => value >= 0);
const count = number('an integer of at least 1', (value) => Number.isInteger(value) && value >= 1);
const share = number('a number above 0 and at most 1', (value) => value > 0 && value <= 1);
const flag: Check = (value, key) => {
  if (typeof value !== 'boolean') refuse(key, value, 'true or false');
};
const level: Check = (value, key) => {
  if (value !== 'off' && !LEVELS.includes(value as Level)) refuse(key, value, "'off', 'hint', 'warn' or 'error'");
};

/** The error for a name that nothing has. */
function unknownName(key: string, name: string, known: readonly string[]): never {
  const near = nearest(name, known);
  const path = `${key === '' ? '' : `${key}.`}${name.slice(0, 80)}`;
  throw new LintOptionError(
    `${path} is not known; ${near === undefined ? `allowed here: ${known.join(', ')}` : `did you mean ${near}?`}`,
  );
}

/** An object of optional keys. An unknown key is an error. */
const shape =
  (keys: Readonly<Record<string, Check>>): Check =>
  (value, key) => {
    if (!isRecord(value)) refuse(key, value, `an object with ${Object.keys(keys).join(', ')}`);
    for (const [name, given] of Object.entries(value)) {
      if (!Object.hasOwn(keys, name)) unknownName(key, name, Object.keys(keys));
      if (given !== undefined) keys[name]?.(given, key === '' ? name : `${key}.${name}`);
    }
  };

/** An object whose keys are names that a user has given. */
const record =
  (check: Check): Check =>
  (value, key) => {
    if (!isRecord(value)) refuse(key, value, 'an object');
    for (const [name, given] of Object.entries(value)) {
      if (given !== undefined) check(given, `${key}['${name.slice(0, 80)}']`);
    }
  };

const checkOptions = shape({
  rules: (value, key) => {
    shape(Object.fromEntries(RULE_IDS.map((id) => [id, level])))(value, key);
  },
  callsPerMinute: notNegative,
  p95Ms: positive,
  loopCount: count,
  flows: record(shape({ callsPerMinute: notNegative, loopCount: count })),
  actions: record(shape({ p95Ms: positive, callsPlatform: flag })),
  limits: shape({
    actions: count,
    dataActionsPerMinute: positive,
    concurrentDataActions: positive,
    requestsPerToken: positive,
  }),
  actionShare: share,
});

/**
 * Checks options that come from a file or a program.
 *
 * @param options - What was given.
 * @returns the same options, typed.
 * @throws LintOptionError that names the key, the value and what is allowed, and for an unknown key the nearest known one.
 * @example
 * ```ts
 * import { checkLintOptions } from '@holdline/architect';
 *
 * const options = checkLintOptions({ callsPerMinute: 120, rules: { 'error-handling-disconnects': 'off' } });
 * ```
 * @public
 */
export function checkLintOptions(options: unknown): LintOptions {
  checkOptions(options, '');
  return options as LintOptions;
}

/**
 * Reads options from the text of a configuration file, in YAML or JSON. They may stand at the top or below the key `architect`.
 *
 * @param text - The text of the file.
 * @returns the options.
 * @throws LintOptionError if the text is neither YAML nor JSON, or an option is wrong.
 * @example
 * ```ts
 * import { parseLintOptions } from '@holdline/architect';
 *
 * const options = parseLintOptions('callsPerMinute: 120\nactions:\n  Get customer: { p95Ms: 800 }\n');
 * ```
 * @public
 */
export function parseLintOptions(text: string): LintOptions {
  let value: unknown;
  try {
    value = parse(text.replace(/^\uFEFF/, ''), { maxAliasCount: 100 });
  } catch (error) {
    throw new LintOptionError(`the configuration cannot be read: ${(error as Error).message.split('\n')[0] ?? ''}`);
  }
  // An empty file sets nothing.
  if (value === null || value === undefined) return {};
  return checkLintOptions(isRecord(value) && isRecord(value['architect']) ? value['architect'] : value);
}

/** The options of one flow, with the defaults. */
export function settingsOf(options: LintOptions, flowName: string): LintSettings {
  const own = ownValue(options.flows, flowName);
  const numbers = (action: FlowAction): DataActionNumbers | undefined => {
    const { category = '', action: name = '' } = action.dataAction ?? {};
    return ownValue(options.actions, `${category}/${name}`) ?? ownValue(options.actions, name);
  };
  return {
    callsPerMinute: own?.callsPerMinute ?? options.callsPerMinute,
    loopCount: own?.loopCount ?? options.loopCount,
    limits: {
      actions: options.limits?.actions ?? 10_000,
      dataActionsPerMinute: options.limits?.dataActionsPerMinute ?? 2_500,
      concurrentDataActions: options.limits?.concurrentDataActions ?? 50,
      requestsPerToken: options.limits?.requestsPerToken ?? 300,
    },
    actionShare: options.actionShare ?? 0.8,
    levelOf: (rule) => ownValue(options.rules, rule),
    p95Of: (action) => numbers(action)?.p95Ms ?? options.p95Ms,
    callsPlatform: (action) => numbers(action)?.callsPlatform,
  };
}

/** A name from a file may be that of a member of every object, such as `constructor`. */
const ownValue = <T>(record: Readonly<Record<string, T>> | undefined, name: string): T | undefined =>
  record !== undefined && Object.hasOwn(record, name) ? record[name] : undefined;
