import { SimulatorOptionError } from '../option-error.js';
import type { LimitSettings } from '../options/limit-options.js';
import { parsePattern, type Pattern } from '../paths/path-pattern.js';
import type { PathDialect } from '../paths/request-path.js';
import { createRandomStream } from '../random.js';
import {
  MAX_COUNT,
  MAX_TIMER_MS,
  forbidUnless,
  checkInteger,
  checkList,
  checkNumber,
  checkObject,
  checkOneOf,
} from './check-values.js';

const REQUEST_SCOPES = ['token', 'client', 'user', 'tenant', 'entity', 'route', 'org'] as const;
const FRAME_SCOPES = ['socket', 'user', 'route', 'org'] as const;

/** Parses limits on requests or upgrades. */
export function parseLimits(key: string, value: unknown, seed: number, paths: PathDialect): LimitSettings[] {
  return parseEach(key, value, (item, at) => parseLimit(at, item, REQUEST_SCOPES, seed, paths));
}

/** Parses limits on frames. */
export function parseFrameLimits(key: string, value: unknown, seed: number, paths: PathDialect): LimitSettings[] {
  return parseEach(key, value, (item, at) => parseLimit(at, item, FRAME_SCOPES, seed, paths));
}

function parseEach(
  key: string,
  value: unknown,
  parseOne: (item: unknown, key: string) => LimitSettings,
): LimitSettings[] {
  const names = new Set<string>();
  return checkList(key, value, 'limits').map((item, index) => {
    const at = `${key}[${index}]`;
    const limit = parseOne(item, at);
    if (names.has(limit.name))
      throw new SimulatorOptionError(`${at}.name`, limit.name, 'a name that no other limit has');
    names.add(limit.name);
    return limit;
  });
}

function parseLimit(
  key: string,
  value: unknown,
  scopes: readonly LimitSettings['per'][],
  seed: number,
  paths: PathDialect,
): LimitSettings {
  const keys = ['name', 'per', 'match', 'entity', 'limit', 'windowMs', 'enforcement', 'phaseMs', 'burst'];
  const given = checkObject(key, value, keys);
  const name = given.name;
  if (typeof name !== 'string' || !/^[\w.-]{1,128}$/.test(name)) {
    throw new SimulatorOptionError(`${key}.name`, name, '1 to 128 letters, digits, ".", "_" and "-"');
  }
  const enforcement = checkOneOf(`${key}.enforcement`, given.enforcement, ['fixed', 'sliding', 'bucket']);
  const limit = checkInteger(`${key}.limit`, given.limit, 1, MAX_COUNT);
  const windowMs = checkInteger(`${key}.windowMs`, given.windowMs, 1, MAX_TIMER_MS);
  forbidUnless(key, given, 'phaseMs', enforcement === 'fixed', "only with enforcement 'fixed'");
  forbidUnless(key, given, 'burst', enforcement === 'bucket', "only with enforcement 'bucket'");
  const per = checkOneOf(`${key}.per`, given.per, scopes);
  forbidUnless(key, given, 'entity', per === 'entity', "only with per 'entity'");
  const patterns = parsePatterns(key, given.match, paths);
  return {
    name,
    per,
    patterns,
    entity: per === 'entity' ? parseEntity(key, given.entity, patterns) : '',
    limit,
    windowMs,
    enforcement,
    // The phase derives from the name, so that a limit keeps its phase when other limits are added at run time.
    phaseMs:
      given.phaseMs === undefined
        ? Math.floor(createRandomStream(seed, `phase/${name}`).next() * windowMs)
        : checkNumber(`${key}.phaseMs`, given.phaseMs, 0, windowMs),
    burst: given.burst === undefined ? limit : checkInteger(`${key}.burst`, given.burst, 1, MAX_COUNT),
  };
}

function parsePatterns(key: string, match: unknown, paths: PathDialect): Pattern[] | undefined {
  if (match === undefined) return undefined;
  if (!Array.isArray(match)) return [parsePattern(`${key}.match`, match, paths)];
  if (match.length === 0) throw new SimulatorOptionError(`${key}.match`, match, 'at least one pattern');
  return match.map((text, index) => parsePattern(`${key}.match[${index}]`, text, paths));
}

/** Parses the name of the segment that identifies the entity. Every pattern must have this segment. */
function parseEntity(key: string, entity: unknown, patterns: readonly Pattern[] | undefined): string {
  const names = (patterns ?? []).map(({ segments }) =>
    segments.filter((part) => part.startsWith(':')).map((part) => part.slice(1)),
  );
  const name = entity ?? names[0]?.at(-1);
  if (typeof name !== 'string' || names.length === 0 || !names.every((some) => some.includes(name))) {
    throw new SimulatorOptionError(
      `${key}.entity`,
      name,
      "the name of a ':name' segment that every pattern in 'match' has",
    );
  }
  return name;
}
