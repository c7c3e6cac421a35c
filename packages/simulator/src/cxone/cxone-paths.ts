import { type PathDialect, splitPath } from '../paths/request-path.js';

/**
 * CXone's paths: any case (`InContactAPI`, `inContactapi`), doubled slashes, and a version that differs from route to
 * route, `/incontactapi/services/v23.0/…`. All spellings are one route, named without the version. In a pattern the
 * version may be left out, given, or be `:version`.
 */
export const cxonePaths: PathDialect = {
  ignoreCase: true,
  split(path) {
    const segments = splitPath(path).filter((segment) => segment !== '');
    const isAcd = segments[0]?.toLowerCase() === 'incontactapi' && segments[1]?.toLowerCase() === 'services';
    if (isAcd && /^(v\d+(\.\d+)?|:version)$/i.test(segments[2] ?? '')) segments.splice(2, 1);
    return segments;
  },
};
