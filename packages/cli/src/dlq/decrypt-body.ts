import { type DeadLetter, type HoldlineConfig, RecordCipher, reveal } from '@holdline/core';

/** The decrypted body of a letter, or the reason why there is none. */
export type BodyResult = { readonly body: string; readonly isText: boolean } | { readonly why: string };

/** A key of 32 bytes in one of its forms. The configuration has checked it. */
function keyOf(given: unknown): Uint8Array {
  const value = reveal(given);
  if (value instanceof Uint8Array) return value;
  const text = String(value);
  return new Uint8Array(Buffer.from(text, /^[0-9a-f]{64}$/i.test(text) ? 'hex' : 'base64'));
}

/** The keys of a configuration: those of its dead letters, or those of its store. */
function keysOf({ deadLetters, store }: HoldlineConfig): Uint8Array[] {
  const own = deadLetters ? deadLetters.key : undefined;
  if (own !== undefined) return (Array.isArray(own) ? own : [own]).map(keyOf);
  return [...(store?.deadLetters?.keys ?? [])];
}

/** Decrypts the body of a letter with the keys of a configuration. Bytes come as base64. */
export async function decryptBody(letter: DeadLetter, config: HoldlineConfig | undefined): Promise<BodyResult> {
  if (letter.missing.includes('body')) return { why: 'The letter was kept without its body.' };
  if (letter.sealed === undefined) return { why: 'The letter has no body.' };
  if (!config) return { why: 'The configuration exports a line, whose key cannot be read: export its configuration.' };
  const keys = keysOf(config);
  if (keys.length === 0) return { why: 'The configuration has no key.' };
  const parts = (await new RecordCipher(keys, 'letter').decrypt(letter.id, letter.sealed)) as
    { body?: string; text?: boolean } | undefined;
  if (!parts) return { why: 'No key of the configuration decrypts it.' };
  if (parts.body === undefined) return { why: 'The letter has no body.' };
  if (parts.text) return { body: parts.body, isText: true };
  const bytes = Buffer.from(parts.body, 'latin1');
  const text = bytes.toString('utf8');
  // Clients give the body as bytes also where it is text.
  return Buffer.from(text, 'utf8').equals(bytes)
    ? { body: text, isText: true }
    : { body: bytes.toString('base64'), isText: false };
}
