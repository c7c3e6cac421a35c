/** Texts that tests use as passwords, keys, tokens and bodies. No other text in the tests contains them. */
const PLANTED =
  /PLANTED-[A-Z]|s3cret|hunter2|(?:TOKEN|REFRESH|CLIENT-SECRET|BODY|OWN-CREDENTIAL|QUERY|COOKIE)-0a1b2c3d/;
/** Shorter credentials, such as those of fixtures, would match other texts. */
const MIN_LENGTH = 16;
/** Number of credentials that are remembered. The oldest is forgotten first. */
const MAX_LEARNED = 500;

const learned = new Set<string>();

/** Learns the credentials of an HTTP request, as it leaves through a socket. */
export function learnCredentials(head: string): void {
  for (const [, credential = ''] of head.matchAll(/^authorization: (?:bearer|basic) (\S+)/gim)) {
    if (credential.length < MIN_LENGTH) continue;
    learned.delete(credential);
    learned.add(credential);
    for (const oldest of learned) {
      if (learned.size <= MAX_LEARNED) break;
      learned.delete(oldest);
    }
  }
}

/** The first known secret in a text. */
export function findSecret(text: string): string | undefined {
  const [planted] = PLANTED.exec(text) ?? [];
  if (planted !== undefined) return planted;
  if (text.length < MIN_LENGTH) return undefined;
  for (const credential of learned) if (text.includes(credential)) return credential;
  return undefined;
}
