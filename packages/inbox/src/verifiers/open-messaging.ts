import { check } from '@holdline/core';
import type { IncomingEvent, Verifier } from '../types.js';
import { bytesOf, decodeSignature, HmacKeys } from './hmac.js';
import { parseBody, readName, reject, secretsCheck, type Secrets } from './reading.js';

/**
 * Options of {@link genesysOpenMessaging}.
 * @public
 */
export interface OpenMessagingOptions {
  /**
   * The `outboundNotificationWebhookSignatureSecretToken` of the integration. Of several secrets any is valid, so that a secret can be
   * replaced without a gap: add the new secret here, change the integration, then remove the old secret.
   */
  secret: Secrets;
  /**
   * Returns the key of a message. Messages with the same key are handled one after the other.
   * @defaultValue the integration and the customer: `channel.from.id` and `channel.to.id`
   */
  key?: (message: Record<string, unknown>) => string | undefined;
}

const checkOptions = check.shape<OpenMessagingOptions>({ secret: secretsCheck, key: check.callable() });

const PREFIX = 'sha256=';

/**
 * Verifies webhooks of Genesys Cloud Open Messaging: `X-Hub-Signature-256` has the HMAC-SHA256 of the body in base64.
 *
 * Genesys sends no identifier of the delivery. The identifier of an event is the type and the `id` of its message. For a receipt it also
 * has the status, because each status of a message is an event of its own.
 *
 * @example
 * ```ts
 * import { memoryStore } from '@holdline/core';
 * import { genesysOpenMessaging, inbox } from '@holdline/inbox';
 *
 * declare function passOn(message: unknown): Promise<void>;
 * const messages = inbox({
 *   store: memoryStore(),
 *   verify: genesysOpenMessaging({ secret: process.env.OPEN_MESSAGING_SECRET ?? '' }),
 *   handle: ({ event }) => passOn(event.data),
 * });
 * export const POST = messages.fetch;
 * ```
 * @public
 */
export function genesysOpenMessaging(options: OpenMessagingOptions): Verifier {
  const { secret, key = threadOf } = checkOptions(options, 'genesysOpenMessaging');
  const keys = new HmacKeys(secretsCheck(secret, 'genesysOpenMessaging.secret').map(bytesOf));
  return async (request) => {
    const header = request.header('x-hub-signature-256');
    const signature = header?.startsWith(PREFIX) ? decodeSignature(header.slice(PREFIX.length)) : undefined;
    if (!signature) return reject('The signature is missing or has the wrong form.');
    if (!(await keys.verify(request.body, [signature]))) return reject('The signature is wrong.');

    const message = parseBody(request.body);
    const event = check.isRecord(message) ? eventOf(message, key) : undefined;
    return event ? { events: [event] } : reject('The body is not a message with type and id.', 400);
  };
}

function eventOf(
  message: Record<string, unknown>,
  key: (message: Record<string, unknown>) => string | undefined,
): IncomingEvent | undefined {
  const type = readName(message['type']);
  const id = readName(message['id']);
  if (!type || !id) return undefined;
  const status = readName(message['status']);
  return {
    id: type === 'Receipt' && status ? `${type}:${id}:${status}` : `${type}:${id}`,
    key: key(message),
    type,
    data: message,
  };
}

/** The integration and the customer. Undefined if the message does not name both. */
function threadOf(message: Record<string, unknown>): string | undefined {
  const channel = message['channel'];
  if (!check.isRecord(channel)) return undefined;
  const { from, to } = channel;
  const sender = check.isRecord(from) ? readName(from['id']) : undefined;
  const recipient = check.isRecord(to) ? readName(to['id']) : undefined;
  return sender && recipient ? `${sender}/${recipient}` : undefined;
}
