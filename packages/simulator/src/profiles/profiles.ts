import { SimulatorOptionError } from '../option-error.js';
import { checkObject, checkOneOf } from '../option-parsing/check-values.js';
import { parseOptions } from '../option-parsing/parse-options.js';
import type { SimulatorOptions } from '../options/simulator-options.js';
import { CXONE } from './cxone.js';
import { GENESYS_DEFAULT } from './genesys-default.js';
import type { ProfileFact, ProfileGrade, SimulatorProfile } from './simulator-profile.js';

/**
 * Names of the profiles that belong to the simulator.
 * @public
 */
export type ProfileName = 'genesys-default' | 'cxone';

const PROFILES: Record<ProfileName, SimulatorProfile> = { 'genesys-default': GENESYS_DEFAULT, cxone: CXONE };
const NAMES = Object.keys(PROFILES) as ProfileName[];
const GRADES: readonly ProfileGrade[] = ['A', 'B', 'C', 'assumed'];
const PROFILE_KEYS = ['extends', 'name', 'description', 'options', 'facts'];
/** Options of a run, which a profile cannot have. */
const RUN_OPTIONS = ['port', 'seed'];

/**
 * Names of all profiles that belong to the simulator.
 * @public
 */
export const PROFILE_NAMES: readonly ProfileName[] = NAMES;

/**
 * Returns a profile of the simulator: a copy, to start with or to change.
 *
 * @param name - `genesys-default` or `cxone`.
 * @throws SimulatorOptionError for another name.
 * @example
 * ```ts
 * import { simulatorProfile, startSimulator } from '@holdline/simulator';
 *
 * const { options, facts } = simulatorProfile('genesys-default');
 * const simulator = await startSimulator({ ...options, enforce: false });
 * console.log(facts['limits.token.rate.per.minute']?.source);
 * ```
 * @public
 */
export function simulatorProfile(name: ProfileName): SimulatorProfile {
  return structuredClone(PROFILES[checkOneOf('profile', name, NAMES)]);
}

/**
 * Checks a profile that a user wrote, such as the content of a JSON file. `extends` names a profile of the simulator.
 * Each option replaces that of this profile; limits are merged by their name. Options without a fact count as `assumed`.
 *
 * @param value - An object with `options` and, if wanted, `extends`, `name`, `description` and `facts`.
 * @param name - Name of a profile that does not name itself.
 * @throws SimulatorOptionError that names the key, the value and what is allowed.
 * @example
 * ```ts
 * import { parseSimulatorProfile, startSimulator } from '@holdline/simulator';
 *
 * const profile = parseSimulatorProfile({
 *   extends: 'genesys-default',
 *   options: { limits: [{ name: 'ours', per: 'client', limit: 50, windowMs: 1000, enforcement: 'sliding' }] },
 *   facts: { 'limits.ours': { grade: 'B', source: 'support case of our organization' } },
 * });
 * const simulator = await startSimulator(profile.options);
 * ```
 * @public
 */
export function parseSimulatorProfile(value: unknown, name = 'profile'): SimulatorProfile {
  const given = checkObject('profile', value, PROFILE_KEYS);
  const base = given.extends === undefined ? undefined : simulatorProfile(checkOneOf('extends', given.extends, NAMES));
  const own = given.options === undefined ? {} : checkOptions(given.options);
  const options = { ...base?.options, ...own, ...mergeLimits(base?.options, own) } as SimulatorProfile['options'];
  // The platform of a base profile is fixed: its limits and latencies have paths of that platform.
  if (base !== undefined && options.platform !== base.options.platform)
    throw new SimulatorOptionError(
      'options.platform',
      options.platform,
      `'${base.options.platform}', as in ${base.name}`,
    );
  // Own limits are checked first, so that an error counts them as the file does.
  if (own['limits'] !== undefined) parseOptions({ platform: options.platform, limits: own['limits'] });
  parseOptions(options);
  return {
    name: given.name === undefined ? name : checkText('name', given.name),
    description:
      given.description === undefined ? (base?.description ?? '') : checkText('description', given.description),
    options,
    facts: { ...keepFacts(base, own), ...parseFacts(given.facts, options) },
  };
}

function checkOptions(value: unknown): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new SimulatorOptionError('options', value, 'an object with options of the simulator');
  for (const key of RUN_OPTIONS)
    if (key in value)
      throw new SimulatorOptionError(
        `options.${key}`,
        (value as Record<string, unknown>)[key],
        'options of the platform; port and seed belong to a run',
      );
  return value as Record<string, unknown>;
}

/** Merges limits by name. A limit of the same name keeps its place. */
function mergeLimits(
  base: Partial<SimulatorOptions> | undefined,
  own: Record<string, unknown>,
): { limits?: unknown[] } {
  const { limits } = own;
  // Anything else than a list is refused by the check of the options.
  if (base?.limits === undefined || !Array.isArray(limits)) return {};
  const replaced = base.limits.map((limit) => (limits as unknown[]).find((one) => nameOf(one) === limit.name) ?? limit);
  return { limits: [...replaced, ...(limits as unknown[]).filter((one) => !replaced.includes(one as never))] };
}

function nameOf(limit: unknown): unknown {
  return (limit as { name?: unknown } | null)?.name;
}

/** The facts of a base profile whose options did not change. */
function keepFacts(base: SimulatorProfile | undefined, own: Record<string, unknown>): Record<string, ProfileFact> {
  const changed = new Set(Array.isArray(own['limits']) ? own['limits'].map(nameOf) : []);
  return Object.fromEntries(
    Object.entries(base?.facts ?? {}).filter(([key]) => {
      if (key.startsWith('limits.')) return !changed.has(key.slice('limits.'.length));
      return own[key.split('.', 1)[0] ?? ''] === undefined;
    }),
  );
}

function parseFacts(value: unknown, options: SimulatorProfile['options']): Record<string, ProfileFact> {
  if (value === undefined) return {};
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new SimulatorOptionError('facts', value, "an object of { grade, source } by option, such as 'limits.NAME'");
  return Object.fromEntries(
    Object.entries(value).map(([key, fact]) => {
      if (!isOption(key, options))
        throw new SimulatorOptionError('facts', key, "'limits.NAME' or the path of an option that the profile has");
      const { grade, source } = checkObject(`facts['${key}']`, fact, ['grade', 'source']);
      return [
        key,
        {
          grade: checkOneOf(`facts['${key}'].grade`, grade, GRADES),
          source: checkText(`facts['${key}'].source`, source),
        },
      ];
    }),
  );
}

function isOption(key: string, options: SimulatorProfile['options']): boolean {
  if (key.startsWith('limits.')) return (options.limits ?? []).some(({ name }) => name === key.slice('limits.'.length));
  let value: unknown = options;
  for (const part of key.split('.')) value = (value as Record<string, unknown> | undefined)?.[part];
  return value !== undefined;
}

function checkText(key: string, value: unknown): string {
  if (typeof value === 'string' && value.trim() !== '') return value;
  throw new SimulatorOptionError(key, value, 'a text');
}
