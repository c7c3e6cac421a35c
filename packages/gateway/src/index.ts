// The plan that all gateways are written from.
export { planGateway } from './plan/plan-gateway.js';
export type { GatewayOptions, GatewaySockets, RateLimit, TenantHeader } from './plan/options.js';
export type { GatewayPlan, Route, RoutePattern, SocketPlan, Upstream, Zone, ZoneKey } from './plan/types.js';

// HAProxy.
export { haproxyConfig } from './haproxy/haproxy-config.js';
export type { HaproxyOptions } from './haproxy/options.js';

// Documents for the gateways of clouds.
export { awsUsagePlans, type CloudFormationTemplate } from './aws/usage-plans.js';
export type { AwsOptions } from './aws/options.js';
export { azureApiManagement, type AzurePolicy, type AzureTemplate } from './azure/api-management.js';
export type { AzureOptions } from './azure/options.js';
