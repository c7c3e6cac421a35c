import { check, ConfigError } from '@holdline/core';
import type { IncomingEvent, InboundRequest, Verifier } from '../types.js';
import { bytesOf, HmacKeys } from './hmac.js';
import { MAX_HEADER, parseBody, readName, reject, secretsCheck, type Secrets } from './reading.js';

/**
 * Options of {@link eventBridge}. Either `secret` or `authorize` must be given.
 * @public
 */
export interface EventBridgeOptions {
  /**
   * The whole value of `header`, as the connection of the API destination sends it. For basic authorization: the header `authorization`,
   * and `Basic` with the base64 of name and password. Of several values any is valid.
   * @defaultValue none
   */
  secret?: Secrets;
  /**
   * Name of the header with the secret: the API key name of the connection.
   * @defaultValue 'x-api-key' (ours: EventBridge has no default)
   */
  header?: string;
  /**
   * Decides whether a request is authorized, for connections with OAuth. The function verifies the token in `authorization`. A rejection
   * of its promise counts as a failure of this service, and the sender repeats the request.
   * @defaultValue none: `secret` decides
   */
  authorize?: (request: InboundRequest) => boolean | Promise<boolean>;
  /**
   * The allowed values of `source`, such as `aws.partner/genesys.com/cloud/{organization}/{suffix}`.
   * @defaultValue none: any source
   */
  sources?: readonly string[];
  /**
   * Returns the key of an event. Events with the same key are handled one after the other.
   * @defaultValue for events of Genesys Cloud, the identifier in the topic, such as the user or the conversation; otherwise none
   */
  key?: (event: Record<string, unknown>) => string | undefined;
}

/** Defaults of {@link EventBridgeOptions}. */
export const EVENT_BRIDGE_DEFAULTS = { header: 'x-api-key' };

const HEADER_NAME = /^[a-z0-9!#$%&'*+.^_`|~-]{1,200}$/;

const checkOptions = check.shape<EventBridgeOptions>({
  secret: secretsCheck,
  header: (value, key) => {
    const name = check.text(value, key).toLowerCase();
    return HEADER_NAME.test(name) ? name : check.refuse(key, value, 'the name of a header');
  },
  authorize: check.callable(),
  sources: check.list(check.text),
  key: check.callable(),
});

/**
 * Verifies events that Amazon EventBridge sends to an API destination. EventBridge signs nothing: its connection sends a secret header.
 *
 * The body is one event, or a list of them as EventBridge Pipes send it. The identifier is the `id` of the event, the type is its
 * `detail-type`, the data is the whole event.
 *
 * @example
 * ```ts
 * import { eventBridge, httpHandler, type Inbox } from '@holdline/inbox';
 *
 * declare const events: Inbox; // from inbox()
 * const verifier = eventBridge({ header: 'x-api-key', secret: process.env.EVENT_BRIDGE_KEY ?? '' });
 * export const handler = httpHandler(events, verifier);
 * ```
 * @public
 */
export function eventBridge(options: EventBridgeOptions): Verifier {
  const given = checkOptions(options, 'eventBridge');
  const { secret, header, authorize, sources, key = entityOf } = { ...EVENT_BRIDGE_DEFAULTS, ...given };
  if ((secret === undefined) === (authorize === undefined))
    throw new ConfigError('eventBridge must have either secret or authorize');
  const keys = secret === undefined ? undefined : new HmacKeys(secretsCheck(secret, 'secret').map(bytesOf));
  const isAuthorized = async (request: InboundRequest): Promise<boolean> => {
    if (!keys) return (await authorize?.(request)) === true;
    const value = request.header(header);
    return value !== undefined && value.length <= MAX_HEADER && keys.isOneOf(value);
  };
  return async (request) => {
    if (!(await isAuthorized(request))) return reject('The request is not authorized.');
    const body = parseBody(request.body);
    const events: IncomingEvent[] = [];
    for (const event of Array.isArray(body) ? (body as unknown[]) : [body]) {
      const id = check.isRecord(event) ? readName(event['id']) : undefined;
      if (!check.isRecord(event) || !id) return reject('The body is not an event with an id.', 400);
      if (sources && !sources.includes(readName(event['source']) ?? ''))
        return reject('The source of the event is not allowed.', 400);
      events.push({ id, key: key(event), type: readName(event['detail-type']), data: event });
    }
    return { events };
  };
}

/**
 * The identifiers in a topic of Genesys Cloud. The type of the event has the pattern, such as `v2.users.{id}.presence`, and the detail has
 * the topic itself.
 */
function entityOf(event: Record<string, unknown>): string | undefined {
  const detail = event['detail'];
  const pattern = readName(event['detail-type'])?.split('.') ?? [];
  const topic = (check.isRecord(detail) ? readName(detail['topicName'])?.split('.') : undefined) ?? [];
  if (pattern.length !== topic.length) return undefined;
  const ids = topic.filter((_, i) => /^\{.*\}$/.test(pattern[i] ?? ''));
  return readName(ids.join('/'));
}
