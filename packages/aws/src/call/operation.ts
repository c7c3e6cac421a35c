import { SMITHY_CONTEXT_KEY, type HandlerContext, type SdkRequest } from '../types.js';

/** The name of the operation, such as `DescribeUser`. */
export function operationOf(context: HandlerContext): string {
  const { operation } = context[SMITHY_CONTEXT_KEY] ?? {};
  return operation ?? context.commandName?.replace(/Command$/, '') ?? '';
}

/** Operations that only read, by the naming rules of AWS. */
const READS = /^(Get|List|Describe|Search|BatchGet|Head|Query|Scan)([A-Z]|$)/;
/** Operations whose repetition has the effect of one, if they are a `PUT` or a `DELETE`. */
const SETS = /^(Put|Update|Delete|Associate|Disassociate|Tag|Untag)([A-Z]|$)/;
/** Members in which the SDK fills in a token that stays the same for all attempts of a call. */
const TOKENS = ['ClientToken', 'clientToken', 'ClientRequestToken', 'clientRequestToken', 'IdempotencyToken'] as const;

/**
 * Whether two executions have the effect of one. The method alone is no proof: Amazon Connect creates users and places calls by `PUT`,
 * and other services send everything by `POST`.
 *
 * @param body - The serialized body, in which the token of the call is.
 */
export function isRepeatable(operation: string, { method }: SdkRequest, body: unknown): boolean {
  if (method === 'GET' || method === 'HEAD' || READS.test(operation)) return true;
  if (hasToken(body)) return true;
  return (method === 'PUT' || method === 'DELETE') && SETS.test(operation);
}

/** Longest body that is searched for a token, bytes. A longer one counts as a body without a token. */
const MAX_SEARCHED_BYTES = 262_144;

/** Whether a JSON body carries an idempotency token. The SDK fills the token in above the guard, once per call. */
function hasToken(body: unknown): boolean {
  if (typeof body !== 'string' && !(body instanceof Uint8Array)) return false;
  if (body.length > MAX_SEARCHED_BYTES) return false;
  const text = typeof body === 'string' ? body : new TextDecoder().decode(body);
  return text.startsWith('{') && TOKENS.some((name) => text.includes(`"${name}":"`)) && readToken(text);
}

function readToken(text: string): boolean {
  try {
    const fields = JSON.parse(text) as Record<string, unknown>;
    return TOKENS.some((name) => typeof fields[name] === 'string' && fields[name] !== '');
  } catch {
    return false;
  }
}

/** The absolute URL of a request, with its query. */
export function urlOf({ protocol, hostname, port, path, query = {} }: SdkRequest): string {
  const pairs = Object.entries(query).flatMap(([name, value]) =>
    (Array.isArray(value) ? (value as string[]) : [value as string | null]).map((one) =>
      one === null ? encode(name) : `${encode(name)}=${encode(one)}`,
    ),
  );
  const host = port === undefined ? hostname : `${hostname}:${port}`;
  return `${protocol}//${host}${path}${pairs.length > 0 ? `?${pairs.join('&')}` : ''}`;
}

/**
 * The URL by which the line finds the route. Services with one path for everything get the operation as their path: the route of an
 * SQS client is `POST /SendMessage`.
 */
export function routeUrlOf(request: SdkRequest, operation: string): string {
  return request.path === '/' && operation !== '' ? urlOf({ ...request, path: `/${operation}` }) : urlOf(request);
}

function encode(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
}
