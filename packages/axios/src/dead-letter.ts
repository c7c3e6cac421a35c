import {
  absoluteUrl,
  letterBody,
  originOf,
  type LetterParts,
  type LetterSender,
  type LetterToSend,
} from '@holdline/core';
import { readHeader } from './headers.js';
import type { AttachOptions } from './options.js';
import type { AxiosLike, NativeAdapter, NativeConfig } from './types.js';
import { resolveUrl, readOwnOrigin } from './url.js';

/** What a dead letter keeps of a request: all that the native adapter would send, after the transforms. */
export function buildLetterParts(instance: AxiosLike, config: NativeConfig): LetterParts {
  return {
    url: buildFullUrl(instance, config),
    headers: Object.entries(readPlainHeaders(config.headers)),
    body: letterBody(config.data),
  };
}

/**
 * Sends the dead letters of a guarded instance: past its interceptors and transforms, which they have behind them, with its own
 * defaults. For adapters of SDKs that carry an axios instance.
 *
 * @param authorization The Authorization header where the line has no token. Left out: that of the instance's defaults.
 * @param options What `attachAxios` was told of the client.
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

/** With the parameters, which only the native adapter puts there. */
function buildFullUrl(instance: AxiosLike, config: NativeConfig): string {
  const { url, baseURL, allowAbsoluteUrls, params, paramsSerializer } = config;
  if (params === undefined || params === null || !instance.getUri) return resolveUrl(config);
  return absoluteUrl(instance.getUri({ url, baseURL, allowAbsoluteUrls, params, paramsSerializer } as never));
}

/** The configuration that sends a letter: what the instance says of every request, and the letter as it is. */
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
  // As the letter has them; what is a credential it has not.
  for (const name of Object.keys(defaultHeaders))
    if (readHeader(headers, name) !== undefined) delete defaultHeaders[name];
  // What the defaults add to a body was added before.
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
    // Only Buffers are bytes to axios in Node, and buffers everywhere.
    data: body instanceof Uint8Array ? body.buffer.slice(body.byteOffset, body.byteOffset + body.byteLength) : body,
    responseType: 'text',
  } as NativeConfig;
}

/** Headers that have a value, of any axios version. */
function readPlainHeaders(headers: unknown): Record<string, string> {
  const entries = Object.entries((headers ?? {}) as Record<string, unknown>);
  return Object.fromEntries(
    entries.flatMap(([name, value]) =>
      value === undefined ||
      value === null ||
      value === false ||
      typeof value === 'function' ||
      typeof value === 'object'
        ? []
        : [[name, String(value as string)]],
    ),
  );
}
