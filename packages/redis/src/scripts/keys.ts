/** Version of the stored format. Versions with different formats never read each other's keys. */
const FORMAT = 'v1';

/** The Redis keys of one subject. They share a hash tag, so that in a cluster all of them are on one node. */
export function makeKeys(prefix: string, subject: string, parts: readonly string[]): string[] {
  const tag = `{${prefix}:${FORMAT}:${subject.replace(/[{}\s%]/g, encodeURIComponent)}}`;
  return parts.map((part) => `${tag}:${part}`);
}

/** The channel for the messages of all stores with one prefix. */
export function makeChannel(prefix: string): string {
  return `${prefix}:${FORMAT}:news`;
}
