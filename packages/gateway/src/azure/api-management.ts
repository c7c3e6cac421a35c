import type { HoldlineConfig } from '@holdline/core';
import { gatewayOptionsOf } from '../plan/options.js';
import { planGateway } from '../plan/plan-gateway.js';
import type { GatewayFiles, GatewayPlan } from '../plan/types.js';
import { type AzureOptions, resolveAzureOptions } from './options.js';
import { policyOf } from './policy.js';

/** A template of Azure Resource Manager. */
interface Template {
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
 * Writes a policy of Azure API Management that holds everyone behind it near the quotas of a configuration.
 *
 * - `holdline-policy.xml`: the policy of an API, with `rate-limit-by-key` per digest of `Authorization`, pattern and parameter, and a 429
 *   with `Retry-After` and the platform's body. It is well-formed XML: format `xml`, not `rawxml`
 * - `holdline-policy.json`: a template of Azure Resource Manager that sets it
 *
 * Microsoft says that rate limiting is never completely accurate: the policy helps a line, and replaces none. What it cannot keep is a
 * comment at its top.
 *
 * @param config - The configuration of a line, such as a preset.
 * @param options - The platform, and what the gateway has to know besides.
 * @throws ConfigError for a wrong configuration or option; the message names the key, the value and what is allowed.
 * @example
 * ```ts
 * import { writeFile } from 'node:fs/promises';
 * import { azureApiManagement } from '@holdline/gateway';
 * import { genesysCloud } from '@holdline/genesys';
 *
 * const files = azureApiManagement(genesysCloud(), { platform: 'https://api.mypurecloud.com', refusals: 'genesys' });
 * for (const [name, text] of Object.entries(files)) await writeFile(name, text);
 * ```
 * @public
 */
export function azureApiManagement(config: HoldlineConfig, options: AzureOptions): GatewayFiles {
  const { maxPeriodSec } = resolveAzureOptions(options);
  const plan = planGateway(config, gatewayOptionsOf(options));
  const policy = policyOf(plan, maxPeriodSec, [...LIMITS, ...unkept(plan)]);
  return {
    'holdline-policy.xml': policy,
    'holdline-policy.json': `${JSON.stringify(templateOf(policy), null, 2)}\n`,
  };
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

function templateOf(policy: string): Template {
  const parameter = (description: string): Template['parameters'][string] => ({
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
