import { check, type Check } from '@holdline/core';
import type { Verifier } from '../types.js';
import { bytesOf, concatBytes, decodeBase64, decodeSignature, HmacKeys } from './hmac.js';
import { MAX_HEADER, parseBody, readName, reject, secretsCheck, type Secrets } from './reading.js';

/**
 * Options of {@link standardWebhooks}.
 * @public
 */
export interface StandardWebhooksOptions {
  /** The secret of the endpoint: `whsec_` and base64, or base64 alone. Of several secrets any is valid. */
  secret: Secrets;
  /**
   * Largest difference between `webhook-timestamp` and the clock, in ms.
   * @defaultValue 300,000 (the libraries of Standard Webhooks)
   */
  toleranceMs?: number;
  /**
   * Returns the key of a payload. Events with the same key are handled one after the other.
   * @defaultValue none: events are handled in any order
   */
  key?: (payload: unknown) => string | undefined;
}

/** Defaults of {@link StandardWebhooksOptions}. */
export const STANDARD_WEBHOOKS_DEFAULTS = { toleranceMs: 300_000 };

const checkOptions = check.shape<StandardWebhooksOptions>({
  secret: secretsCheck,
  toleranceMs: check.number({ above: 0 }),
  key: check.callable(),
});

/** A sender adds a signature for each of its secrets. More than a few are an attempt to make this verifier work. */
const MAX_SIGNATURES = 16;
/** A signature of any version. A header that was sent twice is joined with a comma, and has another form. */
const SIGNATURE = /^v[0-9]+[a-z]?,[A-Za-z0-9+/=_-]+$/;
const TIMESTAMP = /^[0-9]{1,12}$/;

/** Returns the bytes of the secrets. The error does not show a secret. */
const keysCheck: Check<Uint8Array[]> = (value, key) =>
  secretsCheck(value, key).map((secret) => {
    const bytes = decodeBase64(secret.replace(/^whsec_/, ''));
    if (!bytes || bytes.length === 0) check.refuse(key, undefined, "'whsec_' and base64, or base64");
    return bytes;
  });

/**
 * Verifies webhooks by the Standard Webhooks specification, as Svix and many others send them: `webhook-id`, `webhook-timestamp` and
 * `webhook-signature` with one or several signatures of version `v1`. Asymmetric signatures (`v1a`) are ignored.
 *
 * @example
 * ```ts
 * import { httpHandler, standardWebhooks, type Inbox } from '@holdline/inbox';
 *
 * declare const events: Inbox; // from inbox()
 * export const handler = httpHandler(events, standardWebhooks({ secret: process.env.WEBHOOK_SECRET ?? '' }));
 * ```
 * @public
 */
export function standardWebhooks(options: StandardWebhooksOptions): Verifier {
  const given = checkOptions(options, 'standardWebhooks');
  const { secret, toleranceMs, key } = { ...STANDARD_WEBHOOKS_DEFAULTS, ...given };
  const keys = new HmacKeys(keysCheck(secret, 'standardWebhooks.secret'));
  return async (request, now) => {
    const id = readName(request.header('webhook-id'));
    const timestamp = request.header('webhook-timestamp');
    const header = request.header('webhook-signature');
    if (!id || !timestamp || !header) return reject('A webhook header is missing.');
    if (header.length > MAX_HEADER) return reject('The signature header is too long.');
    if (!TIMESTAMP.test(timestamp)) return reject('The timestamp has the wrong form.');
    if (Math.abs(now - Number(timestamp) * 1_000) > toleranceMs) return reject('The timestamp is too far from now.');

    const signatures = readSignatures(header);
    if (!signatures) return reject('The signature has the wrong form.');
    const signed = concatBytes(bytesOf(`${id}.${timestamp}.`), request.body);
    if (!(await keys.verify(signed, signatures))) return reject('The signature is wrong.');

    const data = parseBody(request.body);
    if (data === undefined) return reject('The body is not JSON.', 400);
    const type = check.isRecord(data) ? readName(data['type']) : undefined;
    return { events: [{ id, key: key?.(data), type, data }] };
  };
}

/** The `v1` signatures of a header. Undefined if there are none or too many, or if one has the wrong form. */
function readSignatures(header: string): Uint8Array[] | undefined {
  const parts = header.split(' ');
  if (parts.length > MAX_SIGNATURES) return undefined;
  const signatures: Uint8Array[] = [];
  for (const part of parts) {
    if (!SIGNATURE.test(part)) return undefined;
    if (!part.startsWith('v1,')) continue;
    const signature = decodeSignature(part.slice('v1,'.length));
    if (!signature) return undefined;
    signatures.push(signature);
  }
  return signatures.length > 0 ? signatures : undefined;
}
