import { SimulatorOptionError } from '../option-error.js';
import type { LimitSettings } from '../options/limit-options.js';
import { parsePattern, type Pattern } from '../paths/path-pattern.js';
import type { PathDialect } from '../paths/request-path.js';
import { randomStream } from '../random.js';
import {
  MAX_COUNT,
  MAX_TIMER_MS,
  onlyWith,
  readInteger,
  readList,
  readNumber,
  readObject,
  readOneOf,
} from './check-values.js';

const REQUEST_SCOPES = ['token', 'client', 'user', 'tenant', 'entity', 'route', 'org'] as const;
const FRAME_SCOPES = ['socket', 'user', 'route', 'org'] as const;

/** Limits on requests or upgrades. */
export function readLimits(key: string, value: unknown, seed: number, paths: PathDialect): LimitSettings[] {
  return readAll(key, value, (item, at) => readLimit(at, item, REQUEST_SCOPES, seed, paths));
}

/** Limits on frames. */
export function readFrameLimits(key: string, value: unknown, seed: number, paths: PathDialect): LimitSettings[] {
  return readAll(key, value, (item, at) => readLimit(at, item, FRAME_SCOPES, seed, paths));
}

function readAll(key: string, value: unknown, readOne: (item: unknown, key: string) => LimitSettings): LimitSettings[] {
  const names = new Set<string>();
  return readList(key, value, 'limits').map((item, index) => {
    const at = `${key}[${index}]`;
    const limit = readOne(item, at);
    if (names.has(limit.name)) throw new SimulatorOptionError(`${at}.name`, limit.name, 'a name of its own');
    names.add(limit.name);
    return limit;
  });
}

function readLimit(
  key: string,
  value: unknown,
  scopes: readonly LimitSettings['per'][],
  seed: number,
  paths: PathDialect,
): LimitSettings {
  const keys = ['name', 'per', 'match', 'entity', 'limit', 'windowMs', 'enforcement', 'phaseMs', 'burst'];
  const given = readObject(key, value, keys);
  const name = given.name;
  if (typeof name !== 'string' || !/^[\w.-]{1,128}$/.test(name)) {
    throw new SimulatorOptionError(`${key}.name`, name, '1 to 128 letters, digits, ".", "_" and "-"');
  }
  const enforcement = readOneOf(`${key}.enforcement`, given.enforcement, ['fixed', 'sliding', 'bucket']);
  const limit = readInteger(`${key}.limit`, given.limit, 1, MAX_COUNT);
  const windowMs = readInteger(`${key}.windowMs`, given.windowMs, 1, MAX_TIMER_MS);
  onlyWith(key, given, 'phaseMs', enforcement === 'fixed', "only with enforcement 'fixed'");
  onlyWith(key, given, 'burst', enforcement === 'bucket', "only with enforcement 'bucket'");
  const per = readOneOf(`${key}.per`, given.per, scopes);
  onlyWith(key, given, 'entity', per === 'entity', "only with per 'entity'");
  const patterns = readMatches(key, given.match, paths);
  return {
    name,
    per,
    patterns,
    entity: per === 'entity' ? readEntity(key, given.entity, patterns) : '',
    limit,
    windowMs,
    enforcement,
    // From the name, not from a running stream: the same limit keeps its phase when others are added at run time.
    phaseMs:
      given.phaseMs === undefined
        ? Math.floor(randomStream(seed, `phase/${name}`).next() * windowMs)
        : readNumber(`${key}.phaseMs`, given.phaseMs, 0, windowMs),
    burst: given.burst === undefined ? limit : readInteger(`${key}.burst`, given.burst, 1, MAX_COUNT),
  };
}

function readMatches(key: string, match: unknown, paths: PathDialect): Pattern[] | undefined {
  if (match === undefined) return undefined;
  if (!Array.isArray(match)) return [parsePattern(`${key}.match`, match, paths)];
  if (match.length === 0) throw new SimulatorOptionError(`${key}.match`, match, 'at least one pattern');
  return match.map((text, index) => parsePattern(`${key}.match[${index}]`, text, paths));
}

/** The name of the segment that says which thing it is; every pattern must have it. */
function readEntity(key: string, entity: unknown, patterns: readonly Pattern[] | undefined): string {
  const names = (patterns ?? []).map(({ segments }) =>
    segments.filter((part) => part.startsWith(':')).map((part) => part.slice(1)),
  );
  const name = entity ?? names[0]?.at(-1);
  if (typeof name !== 'string' || names.length === 0 || !names.every((some) => some.includes(name))) {
    throw new SimulatorOptionError(`${key}.entity`, name, "a ':name' that every pattern in 'match' has");
  }
  return name;
}
