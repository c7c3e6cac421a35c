/** The authorities that a trick uses. */
export interface Authorities {
  /** `host:port` of the client's own API, which may receive the token. */
  readonly own: string;
  /** The port of a foreign server. */
  readonly foreignPort: number;
}

/** Hosts that resolve to this machine. The test resolves every name to it. */
const HOSTS = [
  '127.0.0.1',
  'localhost',
  'LOCALHOST',
  'localhost.',
  'evil.test',
  'EVIL.TEST.',
  'xn--vil-jma.test',
  'ëvil.test',
  '127.1',
  '2130706433',
  '0x7f000001',
  '0177.0.0.1',
  '127\u30020\uff0e0\uff611',
  '\uff11\uff12\uff17.0.0.1',
  '127.0.0.1.evil.test',
  '[::ffff:127.0.0.1]',
  '[::1]',
];

/** Spellings of a URL to `foreign` that a faulty parser takes for a URL to `own`. */
const FORMS: ((own: string, foreign: string) => string)[] = [
  (_, foreign) => `http://${foreign}/a`,
  (_, foreign) => `HtTp://${foreign}/a`,
  (own, foreign) => `http://${own}@${foreign}/a`,
  (own, foreign) => `http://${own}:x@${foreign}/a`,
  (own, foreign) => `http://${own}%2f@${foreign}/a`,
  (own, foreign) => `http://${own}%40${foreign}/a`,
  (own, foreign) => `http://${own}@x@${foreign}/a`,
  (own, foreign) => `http://@${foreign}/@${own}`,
  (own, foreign) => `http://${own}\\@${foreign}/a`,
  (own, foreign) => `http://${foreign}\\@${own}/a`,
  (own, foreign) => `http://${foreign}#@${own}/a`,
  (own, foreign) => `http://${foreign}?@${own}/a`,
  (own, foreign) => `http://${foreign}/${own}/../a`,
  (own, foreign) => `http://${foreign}/?next=http://${own}`,
  (own, foreign) => `http://${own}&@${foreign}#@${own}/`,
  (own, foreign) => `http://${own.replace(':', '%3a')}@${foreign}/a`,
  (_, foreign) => `//${foreign}/a`,
  (_, foreign) => `///${foreign}/a`,
  (_, foreign) => `/\\${foreign}/a`,
  (_, foreign) => `\\\\${foreign}/a`,
  (_, foreign) => `/\t/${foreign}/a`,
  (_, foreign) => `http:${foreign}/a`,
  (_, foreign) => `http:/${foreign}/a`,
  (_, foreign) => `http:///${foreign}/a`,
  (_, foreign) => `http:\\\\${foreign}\\a`,
  (_, foreign) => `http:/\\${foreign}/a`,
  (_, foreign) => `\u0000http://${foreign}/a`,
  (_, foreign) => ` \n\thttp://${foreign}/a`,
  (_, foreign) => `ht\ntp://${foreign}/a`,
  (_, foreign) => `http://\t${foreign}/a`,
  (_, foreign) => `http:/\r/${foreign}/a`,
  (own, foreign) => `http://${own}\t@${foreign}/a`,
  (own, foreign) => `http://${own}\n.${foreign}/a`,
  (own, foreign) => `http://${own}.${foreign}/a`,
  (own, foreign) => `http://${own}\u2044@${foreign}/a`,
  (own, foreign) => `http://${own}\uff0f@${foreign}/a`,
  (own, foreign) => `http://${own}\u00ad@${foreign}/a`,
  (_, foreign) => `http://${foreign.replace(/:(\d+)$/, ':0000$1')}/a`,
  (_, foreign) => `http://user:${'p'.repeat(20)}@${foreign}/a`,
  (_, foreign) => `ws://${foreign}/a`,
  (_, foreign) => `https://${foreign}/a`,
];

/** URLs to other origins than `own`, and invalid URLs: each form with each host, at the foreign port and at the port of `own`. */
export function originTricks({ own, foreignPort }: Authorities): string[] {
  const ownPort = own.split(':')[1] as string;
  const urls = new Set<string>();
  for (const [i, host] of HOSTS.entries()) {
    for (const [j, form] of FORMS.entries()) {
      urls.add(form(own, `${host}:${foreignPort}`));
      // Another name of the same server is another origin.
      if ((i + j) % 3 === 0) urls.add(form(own, `${host}:${ownPort}`));
    }
  }
  return [...urls];
}
