export { guardTwilio } from './guard.js';
export { twilioPlatform } from './preset.js';
export type { AuthStrategyLike, RequestClientLike, TwilioLike, TwilioRequestOptions, TwilioResponse } from './types.js';
