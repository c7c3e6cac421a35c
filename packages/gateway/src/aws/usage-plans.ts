import type { HoldlineConfig } from '@holdline/core';
import { type Bucket, type BucketOptions, bucketOf } from '../haproxy/buckets.js';
import { gatewayOptionsOf } from '../plan/options.js';
import { planGateway } from '../plan/plan-gateway.js';
import type { GatewayFiles, GatewayPlan, Route, Zone } from '../plan/types.js';
import { type AwsOptions, type ResolvedAwsOptions, resolveAwsOptions } from './options.js';

/** A template of CloudFormation. */
interface Template {
  AWSTemplateFormatVersion: '2010-09-09';
  Description: string;
  Metadata: { Holdline: { notes: string[] } };
  Parameters: Record<string, { Type: string; Description: string }>;
  Resources: Record<string, { Type: string; Properties: Record<string, unknown> }>;
  Outputs: Record<string, { Description: string; Value: unknown }>;
}

interface Throttle {
  RateLimit: number;
  BurstLimit: number;
}

/**
 * Writes a usage plan of Amazon API Gateway that holds each client near the quotas of a configuration, as a template of CloudFormation:
 * `holdline-usage-plan.json`, with an `AWS::ApiGateway::UsagePlan`, throttles of methods, an API key per client, and a 429 with
 * `Retry-After` and the platform's body.
 *
 * Usage plans count by API key, not by credential, and AWS calls their throttles targets, not ceilings: they help a line, and replace none.
 * What the template cannot keep stands in its `Metadata`.
 *
 * @param config - The configuration of a line, such as a preset.
 * @param options - The platform and the names of the clients.
 * @throws ConfigError for a wrong configuration or option; the message names the key, the value and what is allowed.
 * @example
 * ```ts
 * import { writeFile } from 'node:fs/promises';
 * import { awsUsagePlans } from '@holdline/gateway';
 * import { genesysCloud } from '@holdline/genesys';
 *
 * const files = awsUsagePlans(genesysCloud(), {
 *   platform: 'https://api.mypurecloud.com',
 *   refusals: 'genesys',
 *   clients: ['ivr', 'reports'],
 * });
 * for (const [name, text] of Object.entries(files)) await writeFile(name, text);
 * ```
 * @public
 */
export function awsUsagePlans(config: HoldlineConfig, options: AwsOptions): GatewayFiles {
  const resolved = resolveAwsOptions(options);
  const template = templateOf(planGateway(config, gatewayOptionsOf(options)), resolved);
  return { 'holdline-usage-plan.json': `${JSON.stringify(template, null, 2)}\n` };
}

function templateOf(plan: GatewayPlan, { clients, ...options }: ResolvedAwsOptions): Template {
  const notes = [...LIMITS, ...unkept(plan)];
  const zones = new Map(plan.zones.map((zone) => [zone.id, zone]));
  const throttleOf = (ids: readonly string[]): Throttle | undefined =>
    strictest(ids.flatMap((id) => zones.get(id) ?? []).filter(isOfClient), options);
  const whole = throttleOf(plan.common);
  const methods = methodThrottles(plan, throttleOf, whole, notes);
  return {
    AWSTemplateFormatVersion: '2010-09-09',
    Description:
      'Usage plan written by @holdline/gateway. Change the configuration it was written from, not this file.',
    Metadata: { Holdline: { notes: notes.map(withoutReferences) } },
    Parameters: {
      RestApiId: { Type: 'String', Description: 'Id of the REST API in front of the platform' },
      StageName: { Type: 'String', Description: 'Name of its stage' },
    },
    Resources: {
      HoldlineUsagePlan: {
        Type: 'AWS::ApiGateway::UsagePlan',
        Properties: {
          UsagePlanName: 'holdline',
          Description: 'Quotas of a Holdline configuration, per API key',
          ...(whole && { Throttle: whole }),
          ApiStages: [
            {
              ApiId: { Ref: 'RestApiId' },
              Stage: { Ref: 'StageName' },
              ...(Object.keys(methods).length > 0 && { Throttle: methods }),
            },
          ],
        },
      },
      ...Object.fromEntries(clients.flatMap(clientResources)),
      HoldlineThrottled: throttledResponse(plan, whole),
    },
    Outputs: Object.fromEntries(
      clients.map((name, i) => [
        `HoldlineKey${i + 1}Id`,
        { Description: `Id of the API key of ${name}`, Value: { Ref: `HoldlineKey${i + 1}` } },
      ]),
    ),
  };
}

const LIMITS = [
  'Usage plans count by API key, not by credential: each client needs the key of its credential in x-api-key, and API keys have to be required by the methods.',
  'AWS applies throttles as targets, on a best-effort basis: more requests than the limit may get through. Keep a line behind it.',
  'Usage plans are for REST APIs. WebSocket APIs have none: neither upgrades nor frames are limited.',
  'Retry-After is a constant of the template, not the time until the quota has room.',
  'A throttle of a method has its own bucket. Whether its requests also count in the throttle of the plan is not documented, so that it is never above that of the plan.',
];

/** Quotas that a throttle per API key can keep, where each client has one credential. */
const isOfClient = ({ key }: Zone): boolean => key.by === 'credential' || key.by === 'route';

function unkept({ zones, routes, addresses, sockets, tenant, withoutCredential, notes }: GatewayPlan): string[] {
  const used = new Set(routes.flatMap((route) => route.zones));
  const words = {
    tenant: 'the tenant',
    all: 'everybody together',
    parameter: 'a parameter of the path',
    address: 'the client address',
  } as const;
  return [
    ...notes,
    ...zones.flatMap(({ label, key }) =>
      key.by === 'credential' || key.by === 'route'
        ? []
        : [`The quota ${label} counts by ${words[key.by]}, which no usage plan does.`],
    ),
    ...zones.flatMap(({ id, label, key }) =>
      key.by === 'credential' && used.has(id) && routes.filter((route) => route.zones.includes(id)).length > 1
        ? [`The quota ${label} is one for several patterns. Each method of AWS has a bucket of its own.`]
        : [],
    ),
    ...(addresses ? ['Usage plans do not count by client address: AWS WAF has rate-based rules.'] : []),
    ...(sockets ? ['The options of WebSockets are not kept.'] : []),
    ...(tenant ? ['Usage plans do not read the tenant header.'] : []),
    ...(withoutCredential === 'share' ? ['A request without an API key is refused by AWS.'] : []),
  ];
}

/** The lowest burst and the lowest rate of some zones, which keeps all of them. */
function strictest(zones: readonly Zone[], options: BucketOptions): Throttle | undefined {
  if (zones.length === 0) return undefined;
  const buckets: Bucket[] = zones.map((zone) => bucketOf(zone, options));
  const interval = Math.max(...buckets.map(({ intervalUs }) => intervalUs));
  return {
    // A hundred-thousandth less, so that rounding to six digits never raises the rate.
    RateLimit: Number((999_990 / interval).toPrecision(6)),
    BurstLimit: Math.min(...buckets.map(({ burst }) => burst)),
  };
}

const METHODS = ['DELETE', 'GET', 'PATCH', 'POST', 'PUT'];

/** Throttles by resource and method, `/users/{id}/GET`, where a pattern has other quotas than the plan. */
function methodThrottles(
  plan: GatewayPlan,
  throttleOf: (ids: readonly string[]) => Throttle | undefined,
  whole: Throttle | undefined,
  notes: string[],
): Record<string, Throttle> {
  const throttles = new Map<string, Throttle>();
  for (const route of plan.routes) {
    const throttle = throttleOf(route.zones);
    if (!throttle) {
      if (whole) notes.push(`The plan also counts ${route.pattern}, which has no quota of its own that AWS can keep.`);
      continue;
    }
    if (throttle.RateLimit === whole?.RateLimit && throttle.BurstLimit === whole.BurstLimit) continue;
    const resource = resourceOf(route);
    if (resource === undefined) {
      notes.push(`The pattern ${route.pattern} has characters that no resource of AWS has. Its quota is not kept.`);
      continue;
    }
    // The first pattern that matches counts, and patterns come with the most specific first.
    for (const method of route.method === '*' ? METHODS : [route.method])
      if (!throttles.has(`${resource}/${method}`)) throttles.set(`${resource}/${method}`, throttle);
  }
  if (throttles.size > 0) notes.push('The throttles of methods need resources with the same paths in the REST API.');
  return Object.fromEntries(throttles);
}

/** The path of a resource with `{name}` for parameters and `{proxy+}` for the rest; undefined if AWS has no such path. */
function resourceOf({ segments }: Route): string | undefined {
  let n = 0;
  const parts = segments.map((segment) => {
    if (segment === '**') return '{proxy+}';
    if (segment === '*') return `{any${++n}}`;
    if (segment.startsWith(':')) return `{${segment.slice(1).replace(/[^A-Za-z0-9._$-]/g, '_')}}`;
    return /^[A-Za-z0-9._$:-]+$/.test(segment) ? segment : undefined;
  });
  return parts.includes(undefined) ? undefined : `/${parts.join('/')}`;
}

function clientResources(name: string, i: number): [string, Template['Resources'][string]][] {
  const key = `HoldlineKey${i + 1}`;
  return [
    [
      key,
      {
        Type: 'AWS::ApiGateway::ApiKey',
        Properties: { Name: name, Description: 'Client of the usage plan holdline', Enabled: true },
      },
    ],
    [
      `${key}InPlan`,
      {
        Type: 'AWS::ApiGateway::UsagePlanKey',
        Properties: { KeyId: { Ref: key }, KeyType: 'API_KEY', UsagePlanId: { Ref: 'HoldlineUsagePlan' } },
      },
    ],
  ];
}

/** The answer to a request over its throttle. API Gateway fills in `$context`. */
function throttledResponse({ refusals }: GatewayPlan, throttle: Throttle | undefined): Template['Resources'][string] {
  const seconds = Math.max(1, Math.ceil(1 / (throttle?.RateLimit ?? 1)));
  const id = '$context.requestId';
  const body =
    refusals === 'genesys'
      ? {
          message: `Rate limit exceeded the maximum. Retry the request in [${seconds}] seconds`,
          code: 'too.many.requests.retry.after',
          status: 429,
          contextId: id,
          details: [],
          errors: [],
        }
      : { error: 'too_many_requests', error_description: 'Rate limit exceeded' };
  return {
    Type: 'AWS::ApiGateway::GatewayResponse',
    Properties: {
      RestApiId: { Ref: 'RestApiId' },
      ResponseType: 'THROTTLED',
      StatusCode: '429',
      ResponseParameters: { 'gatewayresponse.header.Retry-After': `'${seconds}'` },
      ResponseTemplates: { 'application/json': JSON.stringify(body) },
    },
  };
}

/** A text of a user in which CloudFormation finds no dynamic reference. */
const withoutReferences = (text: string): string => text.replaceAll('{{', '{ {');
