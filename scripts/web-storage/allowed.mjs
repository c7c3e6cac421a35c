// The only places of our code that may use the storage of a browser.
import { findWebStorage } from './find.mjs';

/** @type {readonly { place: string, api: string, uses: number, why: string }[]} */
const ALLOWED = [
  {
    place: 'packages/cxone',
    api: 'localStorage',
    uses: 3,
    why: 'The SDK of CXone keeps its token there itself. Its entry is replaced after a renewal, and never made.',
  },
];

/**
 * Checks the modules of one place.
 *
 * @param {string} place Folder from the root of the repository, such as `packages/core`.
 * @param {Iterable<readonly [path: string, code: string]>} modules
 * @returns {string[]} One line for each problem.
 */
export function checkPlace(place, modules) {
  const uses = [...modules].flatMap(([path, code]) => findWebStorage(code, path).map((use) => ({ path, ...use })));
  const problems = [];
  for (const api of new Set(uses.map((use) => use.api))) {
    const found = uses.filter((use) => use.api === api);
    const allowed = ALLOWED.find((one) => one.place === place && one.api === api)?.uses ?? 0;
    if (found.length > allowed)
      for (const { path, line } of found)
        problems.push(`${path}:${line} uses ${api}, ${place} may use it ${allowed} times`);
  }
  return problems;
}

/** The entries of the list that no code uses. */
export function findUnused(countUses) {
  return ALLOWED.filter(({ place, api, uses }) => countUses(place, api) !== uses).map(
    ({ place, api, uses }) => `${place} may use ${api} ${uses} times, and uses it ${countUses(place, api)} times`,
  );
}
