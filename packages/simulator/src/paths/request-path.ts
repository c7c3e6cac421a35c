/** How a platform reads its paths. Requests and patterns go through the same reading, so that they meet. */
export interface PathDialect {
  /** The segments that say where a path leads. */
  split(path: string): string[];
  readonly ignoreCase: boolean;
}

/** Paths as they are. */
export const PLAIN_PATHS: PathDialect = { split: splitPath, ignoreCase: false };

/** Segments of a path without its query; a trailing slash adds none. */
export function splitPath(path: string): string[] {
  const segments = path.split('/');
  segments.shift();
  if (segments.at(-1) === '') segments.pop();
  return segments;
}

/** Without the query. */
export function removeQuery(path: string): string {
  const query = path.indexOf('?');
  return query < 0 ? path : path.slice(0, query);
}
