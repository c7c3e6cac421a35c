/** The rules by which a platform splits paths. They apply to requests and to patterns, so that both match. */
export interface PathDialect {
  /** Splits a path into the segments that identify its route. */
  split(path: string): string[];
  readonly ignoreCase: boolean;
}

/** Paths without special rules. */
export const PLAIN_PATHS: PathDialect = { split: splitPath, ignoreCase: false };

/** Splits a path without its query. A trailing slash adds no segment. */
export function splitPath(path: string): string[] {
  const segments = path.split('/');
  segments.shift();
  if (segments.at(-1) === '') segments.pop();
  return segments;
}

/** Removes the query from a path. */
export function removeQuery(path: string): string {
  const query = path.indexOf('?');
  return query < 0 ? path : path.slice(0, query);
}
