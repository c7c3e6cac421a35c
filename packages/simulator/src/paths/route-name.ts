import { PLAIN_PATHS } from './request-path.js';

/**
 * Guesses the name of a route that is not in the table: segments with a digit become ids. The first two segments
 * (`api`, `v2`) stay literal.
 */
export function guessRouteName(method: string, segments: readonly string[], { ignoreCase } = PLAIN_PATHS): string {
  const parts = segments.map((segment, index) => {
    if (index > 1 && /\d/.test(segment)) return ':id';
    return ignoreCase ? segment.toLowerCase() : segment;
  });
  return `${method} /${parts.join('/')}`;
}
