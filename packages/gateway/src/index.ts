// For users: the plan that all gateways are written from.
export { planGateway } from './plan/plan-gateway.js';
export type { GatewayOptions, GatewaySockets, RateLimit, TenantHeader } from './plan/options.js';
export type {
  GatewayFiles,
  GatewayPlan,
  Route,
  RoutePattern,
  SocketPlan,
  Upstream,
  Zone,
  ZoneKey,
} from './plan/types.js';

// For users: NGINX.
export { nginxConfig } from './nginx/nginx-config.js';
export type { NginxOptions } from './nginx/options.js';

// For users: HAProxy.
export { haproxyConfig } from './haproxy/haproxy-config.js';
export type { HaproxyOptions } from './haproxy/options.js';

// For users: documents for the gateways of clouds.
export { awsUsagePlans } from './aws/usage-plans.js';
export type { AwsOptions } from './aws/options.js';
export { azureApiManagement } from './azure/api-management.js';
export type { AzureOptions } from './azure/options.js';
