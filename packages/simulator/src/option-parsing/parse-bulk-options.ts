import { SimulatorOptionError } from '../option-error.js';
import { BULK_DEFAULTS, type BulkSettings } from '../options/bulk-options.js';
import { parsePattern } from '../paths/path-pattern.js';
import { MAX_COUNT, checkInteger, checkList, checkObject } from './check-values.js';

/** Routes are merged with the previous maxima. */
export function parseBulkOptions(value: unknown, before: BulkSettings): BulkSettings {
  const given = checkObject('bulk', value, Object.keys(BULK_DEFAULTS));
  return {
    maxItems:
      given.maxItems === undefined
        ? before.maxItems
        : { ...before.maxItems, ...parseMaxima('bulk.maxItems', given.maxItems) },
    omitExpands:
      given.omitExpands === undefined ? before.omitExpands : parseExpands('bulk.omitExpands', given.omitExpands),
  };
}

function parseMaxima(key: string, value: unknown): Record<string, number> {
  const routes = Object.keys(BULK_DEFAULTS.maxItems);
  const byName = new Map(routes.map((route) => [eraseNames(route), route]));
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new SimulatorOptionError(key, value, 'an object with numbers by route');
  }
  return Object.fromEntries(
    Object.entries(value).map(([name, maximum]) => {
      const { text } = parsePattern(`${key} has a route that`, name);
      const route = byName.get(eraseNames(text));
      if (route === undefined) throw new SimulatorOptionError(`${key}.${name}`, maximum, `only ${routes.join(', ')}`);
      return [route, checkInteger(`${key}.${name}`, maximum, 1, MAX_COUNT)];
    }),
  );
}

/** The names of parameters do not matter: `:id` and `{userId}` are the same segment. */
function eraseNames(route: string): string {
  return route.replace(/\/:[^/]+/g, '/:');
}

function parseExpands(key: string, value: unknown): readonly string[] {
  return checkList(key, value, 'values of expand').map((name, index) => {
    if (typeof name !== 'string' || name === '') throw new SimulatorOptionError(`${key}[${index}]`, name, 'a name');
    return name;
  });
}
