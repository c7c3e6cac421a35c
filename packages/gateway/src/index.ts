export type { GatewayPlan, Route, Zone, ZoneKey } from './plan/types.js';
