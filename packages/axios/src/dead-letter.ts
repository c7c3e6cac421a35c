import { letterBody, originOf, type LetterParts, type LetterSender, type LetterToSend } from '@holdline/core';
import { readHeader } from './headers.js';
import type { AttachOptions } from './options.js';
import type { AxiosLike, NativeAdapter, NativeConfig } from './types.js';
import { readOwnOrigin } from './url.js';

/** Builds the parts of a dead letter: all that the native adapter would send, after the transforms. */
export function buildLetterParts(url: string, { headers, data }: NativeConfig): LetterParts {
  return {
    url,
    headers: listPlainHeaders(headers),
    get body() {
      return letterBody(data);
    },
  };
}

/**
 * Creates the sender of a guarded instance's dead letters. The letters already passed the interceptors and transforms, so the
 * sender bypasses them and uses the instance's defaults. This function is for adapters of SDKs that contain an axios instance.
 *
 * @param authorization - Returns the Authorization header if the line has no token. Default: the header of the instance's defaults.
 * @param options - The options passed to `attachAxios`.
 * @public
 */
export function letterSender(
  instance: AxiosLike,
  authorization?: () => string | undefined,
  { ownOrigin, ownCredential }: Pick<AttachOptions, 'ownOrigin' | 'ownCredential'> = {},
): LetterSender {
  const { defaults } = instance;
  const readOrigin = (): string => ownOrigin?.() ?? readOwnOrigin(defaults.baseURL);
  return {
    serves: (url) => ['', originOf(url)].includes(readOrigin()),
    request(letter) {
      const { headers, auth } = buildLetterConfig(letter, defaults, authorization?.());
      const basic = auth && (['Authorization', `Basic ${auth.username}:${auth.password}`] as const);
      const entries = Object.entries(headers as Record<string, string>);
      const authorizationHeader = basic?.[1] ?? readHeader(headers, 'authorization');
      return {
        headers: basic ? [...entries.filter(([name]) => name.toLowerCase() !== 'authorization'), basic] : entries,
        ownOrigin: readOrigin(),
        ownCredential: Boolean(auth) || ownCredential?.(authorizationHeader),
      };
    },
    send: (letter) => (defaults.adapter as NativeAdapter)(buildLetterConfig(letter, defaults, authorization?.())),
  };
}

/** Builds the configuration that sends a letter: the instance's defaults and the unchanged letter. */
export function buildLetterConfig(
  { method, url, headers, body }: LetterToSend,
  defaults: AxiosLike['defaults'],
  authorization: string | undefined,
): NativeConfig {
  const { common = {}, [method.toLowerCase()]: ofMethod = {} } = (defaults.headers ?? {}) as Record<string, object>;
  const defaultHeaders = {
    ...readPlainHeaders(common),
    ...readPlainHeaders(ofMethod),
    ...readPlainHeaders(defaults.headers),
  };
  // Headers of the letter win. A letter holds no credentials, so those come from the defaults.
  for (const name of Object.keys(defaultHeaders))
    if (readHeader(headers, name) !== undefined) delete defaultHeaders[name];
  // The letter already has the content type of its body.
  for (const name of Object.keys(defaultHeaders))
    if (name.toLowerCase() === 'content-type') delete defaultHeaders[name];
  const usesAuthorization = authorization !== undefined && readHeader(headers, 'authorization') === undefined;
  return {
    ...defaults,
    method: method.toLowerCase(),
    url,
    baseURL: '',
    params: undefined,
    headers: { ...defaultHeaders, ...(usesAuthorization && { Authorization: authorization }), ...headers },
    // axios in Node takes no Uint8Array. An ArrayBuffer works on all platforms.
    data: body instanceof Uint8Array ? body.buffer.slice(body.byteOffset, body.byteOffset + body.byteLength) : body,
    responseType: 'text',
  } as NativeConfig;
}

function readPlainHeaders(headers: unknown): Record<string, string> {
  return Object.fromEntries(listPlainHeaders(headers));
}

/** Lists the headers that have a value, from the headers object of any axios version. */
function listPlainHeaders(headers: unknown): [string, string][] {
  const listed: [string, string][] = [];
  for (const [name, value] of Object.entries((headers ?? {}) as Record<string, unknown>)) {
    if (typeof value === 'string') listed.push([name, value]);
    else if (typeof value === 'number' || value === true) listed.push([name, String(value)]);
  }
  return listed;
}
