import { list, refuse } from '../contract/check.js';
import { originOf } from './url.js';

/**
 * Checks a list of origins, and normalises them as `originOf` does.
 * @public
 */
export const checkOrigins = list<string>((value, key) => {
  const origin = typeof value === 'string' && /^https?:\/\/[^\s/?#\\@]+\/?$/i.test(value) ? originOf(value) : '';
  return origin === '' ? refuse(key, value, "an origin such as 'https://api.mypurecloud.com'") : origin;
});
