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
import { fullUrl, ownOriginOf } from './url.js';

/** What a dead letter keeps of a request: all that the native adapter would send, after the transforms. */
export function letterOf(instance: AxiosLike, config: NativeConfig): LetterParts {
  return {
    url: wholeUrl(instance, config),
    headers: Object.entries(plain(config.headers)),
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
  const own = (): string => ownOrigin?.() ?? ownOriginOf(defaults.baseURL);
  return {
    serves: (url) => ['', originOf(url)].includes(own()),
    request(letter) {
      const { headers, auth } = configOf(letter, defaults, authorization?.());
      const basic = auth && (['Authorization', `Basic ${auth.username}:${auth.password}`] as const);
      const sent = Object.entries(headers as Record<string, string>);
      const written = basic?.[1] ?? readHeader(headers, 'authorization');
      return {
        headers: basic ? [...sent.filter(([name]) => name.toLowerCase() !== 'authorization'), basic] : sent,
        ownOrigin: own(),
        ownCredential: Boolean(auth) || ownCredential?.(written),
      };
    },
    send: (letter) => (defaults.adapter as NativeAdapter)(configOf(letter, defaults, authorization?.())),
  };
}

/** With the parameters, which only the native adapter puts there. */
function wholeUrl(instance: AxiosLike, config: NativeConfig): string {
  const { url, baseURL, allowAbsoluteUrls, params, paramsSerializer } = config;
  if (params === undefined || params === null || !instance.getUri) return fullUrl(config);
  return absoluteUrl(instance.getUri({ url, baseURL, allowAbsoluteUrls, params, paramsSerializer } as never));
}

/** The configuration that sends a letter: what the instance says of every request, and the letter as it is. */
export function configOf(
  { method, url, headers, body }: LetterToSend,
  defaults: AxiosLike['defaults'],
  authorization: string | undefined,
): NativeConfig {
  const { common = {}, [method.toLowerCase()]: ofMethod = {} } = (defaults.headers ?? {}) as Record<string, object>;
  const own = { ...plain(common), ...plain(ofMethod), ...plain(defaults.headers) };
  // As the letter has them; what is a credential it has not.
  for (const name of Object.keys(own)) if (readHeader(headers, name) !== undefined) delete own[name];
  // What the defaults add to a body was added before.
  for (const name of Object.keys(own)) if (name.toLowerCase() === 'content-type') delete own[name];
  const isOver = authorization !== undefined && readHeader(headers, 'authorization') === undefined;
  return {
    ...defaults,
    method: method.toLowerCase(),
    url,
    baseURL: '',
    params: undefined,
    headers: { ...own, ...(isOver && { Authorization: authorization }), ...headers },
    // Only Buffers are bytes to axios in Node, and buffers everywhere.
    data: body instanceof Uint8Array ? body.buffer.slice(body.byteOffset, body.byteOffset + body.byteLength) : body,
    responseType: 'text',
  } as NativeConfig;
}

/** Headers that have a value, of any axios version. */
function plain(headers: unknown): Record<string, string> {
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
