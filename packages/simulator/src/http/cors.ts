import type { IncomingHttpHeaders } from 'node:http';
import type { CorsSettings } from '../options/cors-options.js';
import type { Answer } from './answer.js';

/** What a browser is told about an answer: who may read it, and which headers besides the few it always shows. */
export function buildCorsHeaders(cors: CorsSettings | undefined, headers: IncomingHttpHeaders): Record<string, string> {
  if (cors === undefined) return {};
  const { exposeHeaders, credentials } = cors;
  const { origin } = headers;
  // With credentials the star is a star no more, so the origin is named; caches must then keep answers apart.
  const named = credentials && origin !== undefined;
  return {
    'Access-Control-Allow-Origin': named ? origin : '*',
    ...(named && { 'Access-Control-Allow-Credentials': 'true', Vary: 'Origin' }),
    ...(exposeHeaders.length > 0 && { 'Access-Control-Expose-Headers': exposeHeaders.join(', ') }),
  };
}

/** The answer to a preflight: everything the browser asks for, by name, because a star never covers Authorization. */
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
