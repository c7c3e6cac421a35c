import type { GatewayPlan, Zone } from '../plan/types.js';
import { counterKey, CREDENTIAL, matchExpression, pathExpression, VARIABLE } from './expressions.js';
import { limitOf, type RateLimitByKey } from './limits.js';
import { csharpString, xmlComment, xmlText } from './text.js';

/** An element with its attributes and what it holds, as lines. */
function element(name: string, attributes: Record<string, string | number>, content: readonly string[] = []): string[] {
  const start = [name, ...Object.entries(attributes).map(([key, value]) => `${key}="${xmlText(String(value))}"`)].join(
    ' ',
  );
  if (content.length === 0) return [`<${start} />`];
  return [`<${start}>`, ...content.map((line) => `  ${line}`), `</${name}>`];
}

const text = (name: string, attributes: Record<string, string>, value: string): string =>
  element(name, attributes, [''])
    .join('')
    .replace(/> *</, `>${xmlText(value)}<`);

/** Writes the limits of some zones. The place is the number of the pattern; 0 is no pattern. */
type LimitsOf = (ids: readonly string[], place: number) => string[];

/** Writes the policies of an API, and adds to `notes` what they cannot keep. */
export function policyOf(plan: GatewayPlan, maxPeriodSec: number, notes: string[]): string {
  const zones = new Map(plan.zones.map((zone) => [zone.id, zone]));
  const limits = new Map<string, RateLimitByKey | undefined>();
  for (const zone of plan.zones) {
    const limit = limitOf(zone, maxPeriodSec);
    limits.set(zone.id, limit);
    if (!limit) notes.push(`The quota ${zone.label} has less than one request in ${maxPeriodSec} s. It is not kept.`);
  }
  const limitsOf: LimitsOf = (ids, place) =>
    ids.flatMap((id) => {
      const zone = zones.get(id);
      const limit = limits.get(id);
      return zone && limit ? rateLimit(id, limit, keyOf(zone, plan, place)) : [];
    });
  const inbound = [
    '<base />',
    ...element('set-variable', { name: 'holdline-credential', value: CREDENTIAL }),
    ...element('set-variable', { name: 'holdline-path', value: pathExpression(plan) }),
    ...(plan.withoutCredential === 'refuse' ? refuseAnonymous(plan) : []),
    ...addressLimit(plan, maxPeriodSec, notes),
    ...routeLimits(plan, limitsOf),
  ];
  return [
    ...notes.map(xmlComment),
    ...element('policies', {}, [
      ...element('inbound', {}, inbound),
      ...element('backend', {}, ['<base />']),
      ...element('outbound', {}, ['<base />']),
      ...element('on-error', {}, ['<base />', ...throttledResponse(plan)]),
    ]),
    '',
  ].join('\n');
}

const rateLimit = (id: string, { calls, renewalPeriod }: RateLimitByKey, value: string): string[] =>
  element('rate-limit-by-key', {
    calls,
    'renewal-period': renewalPeriod,
    'counter-key': counterKey(id, value),
    'retry-after-header-name': 'Retry-After',
  });

function keyOf({ key }: Zone, plan: GatewayPlan, place: number): string {
  if (key.by === 'parameter') return VARIABLE.segment(key.segment);
  if (key.by === 'credential') return VARIABLE.credential;
  if (key.by === 'address') return VARIABLE.address;
  // The pattern stands for the route: it counts more requests together than a line does, never fewer.
  if (key.by === 'route') return `${VARIABLE.credential} + " ${place} " + context.Request.Method`;
  // No header is trusted here, so that all requests are one tenant.
  return plan.tenant ? '"none"' : '"everybody"';
}

/** Limits of the first pattern that matches, or those of all other requests. */
function routeLimits(plan: GatewayPlan, limitsOf: LimitsOf): string[] {
  const common = limitsOf(plan.common, 0);
  if (plan.routes.length === 0) return common;
  const when = plan.routes.flatMap((route, i) => {
    const limits = limitsOf(route.zones, i + 1);
    return [
      xmlComment(route.pattern),
      ...element(
        'when',
        { condition: matchExpression(route) },
        limits.length > 0 ? limits : [xmlComment('not counted')],
      ),
    ];
  });
  return element('choose', {}, [...when, ...(common.length > 0 ? element('otherwise', {}, common) : [])]);
}

function addressLimit({ addresses }: GatewayPlan, maxPeriodSec: number, notes: string[]): string[] {
  if (!addresses) return [];
  const numbers = limitOf(addresses, maxPeriodSec);
  if (numbers) return rateLimit(addresses.id, numbers, VARIABLE.address);
  notes.push(`options.addresses has less than one request in ${maxPeriodSec} s. It is not kept.`);
  return [];
}

interface Answer {
  readonly status: number;
  readonly reason: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const respond = ({ status, reason, headers, body }: Answer): string[] =>
  element('return-response', {}, [
    ...element('set-status', { code: status, reason }),
    ...Object.entries(headers).flatMap(([name, value]) =>
      element('set-header', { name, 'exists-action': 'override' }, [text('value', {}, value)]),
    ),
    text('set-body', {}, body),
  ]);

/** A body as an expression, whose parts are strings of C# and expressions. */
const bodyExpression = (parts: readonly (string | { expression: string })[]): string =>
  `@(${parts.map((part) => (typeof part === 'string' ? csharpString(part) : part.expression)).join(' + ')})`;

const ID = { expression: 'context.RequestId.ToString()' };
const SECONDS = { expression: '(string)context.Variables["holdline-retry"]' };

function bodyOf(
  { refusals }: GatewayPlan,
  status: number,
  code: string,
  plain: { code: string; description: string },
  message: readonly (string | { expression: string })[],
): string {
  if (refusals !== 'genesys')
    return bodyExpression([`{"error":"${plain.code}","error_description":"${plain.description}"}`]);
  return bodyExpression([
    '{"message":"',
    ...message,
    `","code":"${code}","status":${status},"contextId":"`,
    ID,
    '","details":[],"errors":[]}',
  ]);
}

const JSON_TYPE = { 'Content-Type': 'application/json' };

/** Preflights of CORS never have a credential. */
function refuseAnonymous(plan: GatewayPlan): string[] {
  const condition =
    '@((string)context.Variables["holdline-credential"] == "none" && context.Request.Method != "OPTIONS")';
  const message = ['No authentication bearer token specified in authorization header.'];
  const answer = {
    status: 401,
    reason: 'Unauthorized',
    headers: { ...JSON_TYPE, 'WWW-Authenticate': 'Bearer' },
    body: bodyOf(
      plan,
      401,
      'authentication.required',
      { code: 'unauthorized', description: 'No bearer token' },
      message,
    ),
  };
  return element('choose', {}, element('when', { condition }, respond(answer)));
}

/** The answer to a request over a limit. `set-body` alone is not allowed in `on-error`. */
function throttledResponse(plan: GatewayPlan): string[] {
  const message = ['Rate limit exceeded the maximum. Retry the request in [', SECONDS, '] seconds'];
  const answer = {
    status: 429,
    reason: 'Too Many Requests',
    headers: { ...JSON_TYPE, 'Retry-After': `@(${SECONDS.expression})` },
    body: bodyOf(
      plan,
      429,
      'too.many.requests.retry.after',
      { code: 'too_many_requests', description: 'Rate limit exceeded' },
      message,
    ),
  };
  const seconds = '@(context.Response.Headers.GetValueOrDefault("Retry-After", "1"))';
  return element(
    'choose',
    {},
    element('when', { condition: '@(context.Response.StatusCode == 429)' }, [
      ...element('set-variable', { name: 'holdline-retry', value: seconds }),
      ...respond(answer),
    ]),
  );
}
