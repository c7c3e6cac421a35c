/** Headers that a letter keeps unencrypted. They describe the form and the conditions of a request, and are no secret. */
export const PLAIN_HEADERS: readonly string[] = [
  'accept',
  'accept-language',
  'content-encoding',
  'content-language',
  'content-type',
  'if-match',
  'if-none-match',
  'if-unmodified-since',
  'prefer',
];

/** Headers that a letter leaves out, because a client writes them for each request. */
export const GENERATED_HEADERS: readonly string[] = [
  'accept-encoding',
  'connection',
  'content-length',
  'host',
  'origin',
  'purecloud-sdk',
  'referer',
  'transfer-encoding',
  'user-agent',
];
