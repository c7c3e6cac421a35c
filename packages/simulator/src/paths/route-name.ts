import { PLAIN_PATHS } from './request-path.js';

/**
 * The name of a route that the table does not know: segments that hold a digit are ids. The first two segments
 * (`api`, `v2`) are always literal.
 */
export function guessRouteName(method: string, segments: readonly string[], { ignoreCase } = PLAIN_PATHS): string {
  const parts = segments.map((segment, index) => {
    if (index > 1 && /\d/.test(segment)) return ':id';
    return ignoreCase ? segment.toLowerCase() : segment;
  });
  return `${method} /${parts.join('/')}`;
}
