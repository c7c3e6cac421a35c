import { type PathDialect, splitPath } from '../paths/request-path.js';

/**
 * Paths of CXone. Case (`InContactAPI`, `inContactapi`), doubled slashes and the version
 * (`/incontactapi/services/v23.0/…`) do not matter: all spellings are one route, named without the version. A pattern
 * may omit the version, name one, or use `:version`.
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
