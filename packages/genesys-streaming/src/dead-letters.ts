import { letterBody, payloadOf, recordHeaders, type LetterParts, type LetterSender } from '@holdline/core';
import type { HttpOwner } from './http-owner.js';
import { apiUrl, type HttpLike, type RequestOptions } from './sdk.js';

/** Name under which the dead letters of HTTP requests are kept. */
export const CLIENT = 'genesys-streaming';

/** The body that axios sends for `data`. */
export function wireBody(data: unknown): unknown {
  const isJson = Array.isArray(data) || Object.prototype.toString.call(data) === '[object Object]';
  return isJson && payloadOf(data) === undefined ? JSON.stringify(data) : data;
}

/** The parts of a request that its dead letter keeps. */
export function letterParts(url: string, options: RequestOptions): LetterParts {
  const { data, authToken, noAuthHeader, contentType = 'application/json', customHeaders = {} } = options;
  const headers: [string, string][] = Object.entries({ 'content-type': contentType, ...customHeaders });
  if (!noAuthHeader) headers.push(['authorization', `Bearer ${authToken}`]);
  return { url, headers, body: letterBody(wireBody(data)) };
}

/** Makes the sender of dead letters. It sends the token that the client has then. */
export function createLetterSender(http: HttpLike, owner: HttpOwner): LetterSender {
  const base = (): string => `${apiUrl(owner.apiHost())}/api/`;
  return {
    serves: (url) => url.startsWith(base()),
    request: ({ headers }) => ({
      headers: [['authorization', `Bearer ${owner.token()}`], ...Object.entries(headers)],
      ownOrigin: new URL(base()).origin,
      ownCredential: !owner.isOwnToken(owner.token()),
    }),
    send({ method, url, headers, body }) {
      const [version = '', ...path] = url.slice(base().length).split('/');
      const contentType = recordHeaders(headers).get('content-type');
      const customHeaders = Object.fromEntries(
        Object.entries(headers).filter(([name]) => name.toLowerCase() !== 'content-type'),
      );
      const authToken = owner.token();
      return http.requestApi(path.join('/'), {
        method,
        host: owner.apiHost(),
        version,
        customHeaders,
        ...(contentType !== undefined && { contentType }),
        ...(authToken === undefined ? { noAuthHeader: true } : { authToken }),
        // axios in Node takes no Uint8Array.
        data: body instanceof Uint8Array ? body.slice().buffer : body,
      });
    },
  };
}
