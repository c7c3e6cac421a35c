import type { IncomingHttpHeaders } from 'node:http';
import type { CorsSettings } from '../options/cors-options.js';
import type { Answer } from './answer.js';

/** Builds the CORS headers of an answer: which origin may read it, and which extra headers are exposed. */
export function buildCorsHeaders(cors: CorsSettings | undefined, headers: IncomingHttpHeaders): Record<string, string> {
  if (cors === undefined) return {};
  const { exposeHeaders, credentials } = cors;
  const { origin } = headers;
  // With credentials a browser does not accept `*`, so the origin is named. Caches must then vary by origin.
  const named = credentials && origin !== undefined;
  return {
    'Access-Control-Allow-Origin': named ? origin : '*',
    ...(named && { 'Access-Control-Allow-Credentials': 'true', Vary: 'Origin' }),
    ...(exposeHeaders.length > 0 && { 'Access-Control-Expose-Headers': exposeHeaders.join(', ') }),
  };
}

/** Answers a preflight. It allows every requested header by name, because `*` does not cover Authorization. */
export function answerPreflight(cors: CorsSettings | undefined, headers: IncomingHttpHeaders): Answer {
  if (cors === undefined) return { status: 204 };
  return {
    status: 204,
    headers: {
      'Access-Control-Allow-Methods': 'GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS',
      'Access-Control-Allow-Headers': headers['access-control-request-headers'] ?? '*',
      'Access-Control-Max-Age': '600',
      ...(headers['access-control-request-private-network'] === 'true' && {
        'Access-Control-Allow-Private-Network': 'true',
      }),
    },
  };
}
