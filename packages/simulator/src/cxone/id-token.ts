import { generateKeyPair, type KeyObject, sign } from 'node:crypto';
import { promisify } from 'node:util';
import { encodePart } from './token-claims.js';

const KEY_ID = 'simulated-key';

interface KeyPair {
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
}

/** One for all simulators of the process, made when it is first needed: making one takes as long as a thousand calls. */
let keys: Promise<KeyPair> | undefined;

function getKeyPair(): Promise<KeyPair> {
  keys ??= promisify(generateKeyPair)('rsa', { modulusLength: 2048 });
  return keys;
}

/** An ID token, signed so that the SDK can verify it against the published key. */
export async function writeIdToken(claims: Readonly<Record<string, unknown>>): Promise<string> {
  const { privateKey } = await getKeyPair();
  const text = `${encodePart({ alg: 'RS256', typ: 'JWT', kid: KEY_ID })}.${encodePart(claims)}`;
  return `${text}.${sign('RSA-SHA256', Buffer.from(text), privateKey).toString('base64url')}`;
}

/** The key set as it is published. */
export async function exportKeySet(): Promise<{ keys: Record<string, unknown>[] }> {
  const { publicKey } = await getKeyPair();
  return { keys: [{ ...publicKey.export({ format: 'jwk' }), kid: KEY_ID, alg: 'RS256', use: 'sig' }] };
}
