/** Changes with the format of what is stored, so that an old and a new version never read each other's. */
const FORMAT = 'v1';

/** The keys of one thing. They share a hash tag: in a cluster a script finds them all on one node. */
export function keysOf(prefix: string, thing: string, parts: readonly string[]): string[] {
  const tag = `{${prefix}:${FORMAT}:${thing.replace(/[{}\s%]/g, encodeURIComponent)}}`;
  return parts.map((part) => `${tag}:${part}`);
}

/** The channel for news under a prefix. */
export function channelOf(prefix: string): string {
  return `${prefix}:${FORMAT}:news`;
}
