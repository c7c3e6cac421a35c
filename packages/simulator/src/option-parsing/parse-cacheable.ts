import { SimulatorOptionError } from '../option-error.js';
import type { CacheableSettings } from '../options/cache-options.js';
import { parsePattern } from '../paths/path-pattern.js';
import type { PathDialect } from '../paths/request-path.js';
import { checkHeaderName } from './check-response.js';
import { MAX_COUNT, checkBoolean, checkInteger, checkList, checkObject } from './check-values.js';

export function parseCacheable(value: unknown, paths: PathDialect): readonly CacheableSettings[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new SimulatorOptionError('cacheable', value, 'an object with cacheable routes by pattern');
  }
  return Object.entries(value).map(([match, route]) => parseRoute(match, route, paths));
}

function parseRoute(match: string, value: unknown, paths: PathDialect): CacheableSettings {
  const key = `cacheable['${match}']`;
  const pattern = parsePattern(key, match, paths);
  // Only answers to reads can be cached, so another method in the pattern is a mistake.
  if (pattern.method !== 'GET') throw new SimulatorOptionError(key, match, 'a pattern with the method GET');
  const given = checkObject(key, value, ['maxAgeSec', 'etag', 'vary']);
  return {
    pattern,
    maxAgeSec: checkInteger(`${key}.maxAgeSec`, given.maxAgeSec, 0, MAX_COUNT),
    etag: given.etag === undefined ? false : checkBoolean(`${key}.etag`, given.etag),
    vary:
      given.vary === undefined
        ? []
        : checkList(`${key}.vary`, given.vary, 'header names').map((name, index) =>
            checkHeaderName(`${key}.vary[${index}]`, name),
          ),
  };
}
