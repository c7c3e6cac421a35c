import { generateKeyPair, type KeyObject, sign } from 'node:crypto';
import { promisify } from 'node:util';
import { encodePart } from './token-claims.js';

const KEY_ID = 'simulated-key';

interface KeyPair {
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
}

/**
 * One key pair for all simulators of the process. It is created on first use, because creating it takes as long as a
 * thousand calls.
 */
let keys: Promise<KeyPair> | undefined;

function getKeyPair(): Promise<KeyPair> {
  keys ??= promisify(generateKeyPair)('rsa', { modulusLength: 2048 });
  return keys;
}

/** Writes an ID token. The SDK can verify its signature against the published key. */
export async function writeIdToken(claims: Readonly<Record<string, unknown>>): Promise<string> {
  const { privateKey } = await getKeyPair();
  const text = `${encodePart({ alg: 'RS256', typ: 'JWT', kid: KEY_ID })}.${encodePart(claims)}`;
  return `${text}.${sign('RSA-SHA256', Buffer.from(text), privateKey).toString('base64url')}`;
}

/** Returns the public key set (JWKS). */
export async function exportKeySet(): Promise<{ keys: Record<string, unknown>[] }> {
  const { publicKey } = await getKeyPair();
  return { keys: [{ ...publicKey.export({ format: 'jwk' }), kid: KEY_ID, alg: 'RS256', use: 'sig' }] };
}
