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
