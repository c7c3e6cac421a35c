import { createHash } from 'node:crypto';

/** A Lua script and its digest. */
export interface Script {
  readonly text: string;
  readonly sha: string;
}

/** Prepares a script. */
export function scriptOf(text: string): Script {
  return { text, sha: createHash('sha1').update(text).digest('hex') };
}
