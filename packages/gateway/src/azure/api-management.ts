import type { HoldlineConfig } from '@holdline/core';
import { gatewayOptionsOf } from '../plan/options.js';
import { planGateway } from '../plan/plan-gateway.js';
import type { GatewayPlan } from '../plan/types.js';
import { type AzureOptions, resolveAzureOptions } from './options.js';
import { policyOf } from './policy.js';

/**
 * A policy of Azure API Management, and a template that deploys it.
 * @public
 */
export interface AzurePolicy {
  /** The policy of an API, well-formed XML: format `xml`, not `rawxml`. */
  policy: string;
  /** A template of Azure Resource Manager that sets the policy of an API, as plain data. */
  template: AzureTemplate;
  /** What the policy cannot keep, in plain sentences. They also are comments of the policy. */
  notes: string[];
}

/**
 * A template of Azure Resource Manager, as plain data.
 * @public
 */
export interface AzureTemplate {
  $schema: string;
  contentVersion: string;
  parameters: Record<string, { type: string; metadata: { description: string } }>;
  resources: {
    type: string;
    apiVersion: string;
    name: string;
    properties: { format: 'xml'; value: string };
  }[];
}

/**
 * Writes a policy of Azure API Management that holds everyone behind it near the quotas of a Holdline configuration: `rate-limit-by-key` per
 * digest of `Authorization`, per pattern and per parameter, 429 with `Retry-After` and the vendor's body, and a template of Azure Resource
 * Manager with the policy.
 *
 * Microsoft calls rate limiting never completely accurate: the policy goes before a line, not in its place. What it cannot keep stands in
 * `notes` and in its comments.
 *
 * @param config - The configuration of a line, such as a preset.
 * @param options - The platform, and what the gateway has to know besides.
 * @returns the policy, the template and the notes.
 * @throws ConfigError for a wrong configuration or option.
 * @example
 * ```ts
 * import { writeFileSync } from 'node:fs';
 * import { azureApiManagement } from '@holdline/gateway';
 *
 * const config = { governor: { quotas: [{ limit: 300, windowMs: 60_000 }] } };
 * const { policy, template } = azureApiManagement(config, { platform: 'https://api.mypurecloud.com', refusals: 'genesys' });
 * writeFileSync('policy.xml', policy);
 * writeFileSync('policy.json', JSON.stringify(template, null, 2));
 * ```
 * @public
 */
export function azureApiManagement(config: HoldlineConfig, options: AzureOptions): AzurePolicy {
  const { maxPeriodSec } = resolveAzureOptions(options);
  const plan = planGateway(config, gatewayOptionsOf(options));
  const notes = [...LIMITS, ...unkept(plan)];
  const policy = policyOf(plan, maxPeriodSec, notes);
  return { policy, template: templateOf(policy), notes };
}

const LIMITS = [
  'Rate limiting of Azure is never completely accurate, says its reference: a few more requests than the limit may get through. Keep a line behind it.',
  'A request with several quotas may be counted by one and refused by the next.',
  'The counters are those of one region and one gateway.',
];

function unkept({ sockets, tenant, zones, notes }: GatewayPlan): string[] {
  return [
    ...notes,
    ...(tenant
      ? [
          'The tenant header is not read: the policy cannot tell from which network it may be trusted. All requests are one tenant.',
        ]
      : []),
    ...(sockets ? ['Neither upgrades of WebSockets nor open sockets are limited.'] : []),
    ...zones.flatMap(({ label, key }) =>
      key.by === 'route'
        ? [`The quota ${label} counts by pattern and method, because the policy has no names of routes.`]
        : [],
    ),
  ];
}

function templateOf(policy: string): AzureTemplate {
  const parameter = (description: string): AzureTemplate['parameters'][string] => ({
    type: 'string',
    metadata: { description },
  });
  return {
    $schema: 'https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#',
    contentVersion: '1.0.0.0',
    parameters: {
      serviceName: parameter('Name of the API Management service'),
      apiName: parameter('Name of the API in front of the platform'),
    },
    resources: [
      {
        type: 'Microsoft.ApiManagement/service/apis/policies',
        apiVersion: '2022-08-01',
        name: "[concat(parameters('serviceName'), '/', parameters('apiName'), '/policy')]",
        properties: { format: 'xml', value: policy },
      },
    ],
  };
}
