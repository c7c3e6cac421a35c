export { bottleneck } from './bottleneck.js';
export type { GroupLike, LimiterLike } from './limiter.js';
export type { BottleneckOptions } from './options.js';
