export { guardAws } from './guard.js';
export { amazonConnect } from './connect/preset.js';
export type { AwsClient } from './types.js';
