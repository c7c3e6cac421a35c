import { check, systemClock, type Check, type Clock } from '@holdline/core';
import { readHeaders, type HeaderSource } from '../http/headers.js';
import { bytesOf, decodeBase64, HmacKeys } from './hmac.js';
import { readMessageSignature, type MessageSignature } from './message-signature.js';
import { secretsCheck, type Secrets } from './reading.js';

/**
 * The credentials of one AudioHook integration.
 * @public
 */
export interface AudioHookKey {
  /** The API key of the integration. */
  apiKey: string;
  /** The client secret of the integration, in base64. Of several secrets any is valid. */
  secret: Secrets;
  /**
   * Name of the integration, for {@link AudioHookIdentity}. The API key itself is not passed on, because it is half of a credential.
   * @defaultValue none
   */
  name?: string;
}

/**
 * Options of {@link audioHook}.
 * @public
 */
export interface AudioHookOptions {
  /** The integrations that may connect. */
  keys: readonly AudioHookKey[];
  /**
   * Host name that Genesys connects to, with the port unless it is 443. Needed behind a proxy that changes the header `Host`.
   * @defaultValue the header `Host` of the request
   */
  authority?: string;
  /**
   * Largest age of a signature, in ms.
   * @defaultValue 10,000 (sample server of the vendor)
   */
  maxAgeMs?: number;
  /**
   * Tolerated difference between the clocks, in ms.
   * @defaultValue 3,000 (sample server of the vendor)
   */
  clockSkewMs?: number;
  /**
   * Maximal number of remembered nonces. Each is remembered while its signature is valid. Beyond this number, requests are rejected with
   * status 503.
   * @defaultValue 10,000 (ours: 750 connections a second)
   */
  maxNonces?: number;
  /**
   * Remembers a nonce for all processes of a service, for example with `SET … NX PX` of Redis. Returns false if the nonce is known. A
   * rejection of its promise rejects the request.
   * @defaultValue the memory of this process
   */
  rememberNonce?: (nonce: string, forMs: number) => boolean | Promise<boolean>;
  /**
   * The source of time.
   * @defaultValue the system clock
   */
  clock?: Clock;
}

/**
 * A WebSocket upgrade request: an `IncomingMessage` of Node, a `Request`, or an object like them.
 * @public
 */
export interface UpgradeRequest extends HeaderSource {
  /** Path and query, or a whole URL. */
  readonly url?: string | undefined;
}

/**
 * What a valid AudioHook request says about its session.
 * @public
 */
export interface AudioHookIdentity {
  readonly organizationId: string;
  readonly sessionId: string;
  readonly correlationId: string;
  /** The `name` of the key that signed. */
  readonly name: string | undefined;
}

/**
 * The result for an AudioHook request: the identity of its session, or the reason to reject the request with `status`.
 * @public
 */
export type AudioHookVerification =
  { readonly identity: AudioHookIdentity } | { readonly rejected: string; readonly status: 401 | 503 };

/** Defaults of {@link AudioHookOptions}. */
export const AUDIO_HOOK_DEFAULTS = { maxAgeMs: 10_000, clockSkewMs: 3_000, maxNonces: 10_000 };

const keyCheck = check.shape<AudioHookKey>({
  // The name of the key hides a wrong value in the error.
  apiKey: check.text,
  secret: secretsCheck,
  name: check.text,
});

const clockCheck: Check<Clock> = (value, key) =>
  check.isRecord(value) && typeof value['wall'] === 'function'
    ? (value as unknown as Clock)
    : check.refuse(key, value, 'a clock');

const checkOptions = check.shape<AudioHookOptions>({
  keys: check.list(keyCheck),
  authority: check.text,
  maxAgeMs: check.number({ above: 0 }),
  clockSkewMs: check.number({ min: 0 }),
  maxNonces: check.number({ min: 1, integer: true }),
  rememberNonce: check.callable(),
  clock: clockCheck,
});

const ORGANIZATION = 'audiohook-organization-id';
const SESSION = 'audiohook-session-id';
const CORRELATION = 'audiohook-correlation-id';
const API_KEY = 'x-api-key';

/** What a signature has to cover. A signature that covers less would also be valid for another session or server. */
const REQUIRED = ['@request-target', '@authority', ORGANIZATION, SESSION, CORRELATION, API_KEY];

/** The vendor's sample requires the same. Its nonces have 128 bits or more in base64. */
const MIN_NONCE = 22;

/**
 * Verifies the WebSocket upgrade of Genesys AudioHook: HTTP message signatures in the draft that AudioHook uses. The result has no events;
 * an AudioHook session is a stream.
 *
 * Each signature is valid once. Several processes behind one address remember nonces together with `rememberNonce`.
 *
 * @example
 * ```ts
 * import { createServer } from 'node:http';
 * import { audioHook } from '@holdline/inbox';
 *
 * const verify = audioHook({
 *   keys: [{ apiKey: process.env.AUDIOHOOK_KEY ?? '', secret: process.env.AUDIOHOOK_SECRET ?? '' }],
 * });
 * const server = createServer();
 * server.on('upgrade', async (request, socket) => {
 *   const result = await verify(request);
 *   if ('rejected' in result) socket.end(`HTTP/1.1 ${result.status} Rejected\r\nConnection: close\r\n\r\n`);
 *   else console.info('AudioHook session', result.identity.sessionId); // hand the socket to a WebSocket server
 * });
 * ```
 * @public
 */
export function audioHook(options: AudioHookOptions): (request: UpgradeRequest) => Promise<AudioHookVerification> {
  const given = checkOptions(options, 'audioHook');
  const {
    keys,
    authority,
    maxAgeMs,
    clockSkewMs,
    maxNonces,
    rememberNonce,
    clock = systemClock,
  } = {
    ...AUDIO_HOOK_DEFAULTS,
    ...given,
  };
  if (!keys || keys.length === 0) check.refuse('audioHook.keys', keys, 'a list with at least one key');
  const known = new Map(keys.map((key, i) => [key.apiKey, readKey(key, `audioHook.keys[${i}]`)]));
  // Requests with an unknown API key take as long as others.
  const nobody = { keys: new HmacKeys([crypto.getRandomValues(new Uint8Array(32))]), name: undefined };
  const nonces = new NonceMemory(maxNonces);

  return async (request) => {
    const header = readHeaders(request);
    const parsed = readMessageSignature(header('signature-input') ?? '', header('signature') ?? '');
    if (!parsed) return reject('The signature is missing or has the wrong form.');
    if (!REQUIRED.every((name) => parsed.components.includes(name)))
      return reject('The signature does not cover all required parts.');
    if (parsed.keyId !== header(API_KEY)) return reject('The API key is not the key of the signature.');
    if (parsed.nonce.length < MIN_NONCE) return reject('The nonce is too short.');

    const now = clock.wall();
    const validUntil = Math.min(parsed.createdAt + maxAgeMs, parsed.expiresAt ?? Infinity) + clockSkewMs;
    if (parsed.createdAt > now + clockSkewMs) return reject('The signature is from the future.');
    if (validUntil <= now) return reject('The signature has expired.');

    const target = targetOf(request.url ?? '');
    const host = authority ?? header('host');
    const base = signatureBase(parsed, (name) =>
      name === '@request-target' ? target : name === '@authority' ? host?.toLowerCase() : header(name),
    );
    if (base === undefined) return reject('The request lacks a part that the signature covers.');
    const key = known.get(parsed.keyId);
    const isValid = await (key ?? nobody).keys.verify(base, [parsed.signature]);
    if (!key || !isValid) return reject('The signature is wrong.');

    // Only valid signatures are remembered, so that nobody else can fill the memory.
    const forMs = validUntil - now;
    if (rememberNonce) {
      if (!(await remember(rememberNonce, parsed.nonce, forMs))) return reject('The nonce was used or is not known.');
    } else {
      const result = nonces.add(`${parsed.keyId} ${parsed.nonce}`, validUntil, now);
      if (result === 'full') return { rejected: 'Too many nonces are remembered.', status: 503 };
      if (result === 'known') return reject('The nonce was used before.');
    }
    return {
      identity: {
        organizationId: header(ORGANIZATION) ?? '',
        sessionId: header(SESSION) ?? '',
        correlationId: header(CORRELATION) ?? '',
        name: key.name,
      },
    };
  };
}

const reject = (rejected: string): AudioHookVerification => ({ rejected, status: 401 });

function readKey(key: AudioHookKey, path: string): { keys: HmacKeys; name: string | undefined } {
  const { apiKey, secret, name } = key;
  check.text(apiKey, `${path}.apiKey`);
  const secrets = secretsCheck(secret, `${path}.secret`).map((text) => {
    const bytes = decodeBase64(text);
    if (!bytes || bytes.length === 0) check.refuse(`${path}.secret`, undefined, 'base64');
    return bytes;
  });
  return { keys: new HmacKeys(secrets), name };
}

/** Path and query of a URL. */
function targetOf(url: string): string {
  if (url.startsWith('/')) return url;
  try {
    const { pathname, search } = new URL(url);
    return pathname + search;
  } catch {
    return '';
  }
}

/** The bytes that the signature covers. Undefined if the request lacks a component. */
function signatureBase(
  { components, parameters }: MessageSignature,
  valueOf: (name: string) => string | undefined,
): Uint8Array | undefined {
  const lines: string[] = [];
  for (const name of components) {
    const value = valueOf(name);
    if (!value) return undefined;
    lines.push(`"${name}": ${value.trim()}`);
  }
  return bytesOf([...lines, `"@signature-params": ${parameters}`].join('\n'));
}

async function remember(
  rememberNonce: NonNullable<AudioHookOptions['rememberNonce']>,
  nonce: string,
  forMs: number,
): Promise<boolean> {
  try {
    return (await rememberNonce(nonce, forMs)) === true;
  } catch {
    return false;
  }
}

/** Nonces of valid signatures, each until its signature expires. */
class NonceMemory {
  readonly #expiry = new Map<string, number>();
  readonly #max: number;

  constructor(max: number) {
    this.#max = max;
  }

  add(nonce: string, until: number, now: number): 'added' | 'known' | 'full' {
    if ((this.#expiry.get(nonce) ?? 0) > now) return 'known';
    if (this.#expiry.size >= this.#max) {
      for (const [old, expiresAt] of this.#expiry) if (expiresAt <= now) this.#expiry.delete(old);
      if (this.#expiry.size >= this.#max) return 'full';
    }
    this.#expiry.set(nonce, until);
    return 'added';
  }
}
