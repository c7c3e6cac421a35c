import { attachAxios, letterSender } from '@holdline/axios';
import {
  callInfo,
  ConfigError,
  isHoldlineError,
  noteInfo,
  originOf,
  pathOf,
  patchMethod,
  type CallInfo,
  type Holdline,
  type HoldlineError,
  type LetterSender,
  type Undo,
} from '@holdline/core';
import { runCustom } from './custom-client.js';
import { reportDefects } from './defects.js';
import { readRefusal } from './refusal.js';
import {
  apiUrl,
  currentToken,
  loginUrl,
  watchExpiry,
  writeToken,
  type ApiClientLike,
  type HttpClientLike,
} from './sdk.js';
import { followRefreshToken, rememberLogin } from './sdk-token.js';

/** Tokens of the past that a queued request may still carry. */
const TOKENS_REMEMBERED = 8;

/** One SDK method that is being called. */
interface Frame {
  info?: CallInfo | undefined;
  /** The error of ours that its HTTP request rejected with. */
  refusal?: HoldlineError;
}

/** Hangs one `ApiClient` on a line. */
export function attachClient(client: ApiClientLike, line: Holdline): Undo {
  const undo: Undo[] = [];
  const hooked = new WeakSet<HttpClientLike>();
  const tokens = knownTokens(client);
  // What the SDK method being called right now came to; its HTTP request starts in the same tick.
  let frame: Frame | undefined;

  const isLogin = (url: string): boolean =>
    pathOf(url).endsWith('/oauth/token') && originOf(url) === originOf(loginUrl(client));
  const ownOrigin = (): string => originOf(apiUrl(client));

  const hook = (http: HttpClientLike): void => {
    if (hooked.has(http)) return;
    hooked.add(http);
    const axios = http._axiosInstance;
    const onAxios = typeof axios?.create === 'function';
    if (onAxios)
      undo.push(
        attachAxios(axios, line, {
          bypass: isLogin,
          readRefusal,
          ownOrigin,
          ownCredential: tokens.isForeign,
          name: 'genesys',
          owner: client,
        }),
      );
    undo.push(
      patchMethod(
        http,
        'request',
        (original) =>
          function (options) {
            const called = frame;
            const native = original.bind(http);
            const { authorization, Authorization = authorization } = options.headers ?? {};
            const ended =
              onAxios || isLogin(options.url)
                ? native(options)
                : runCustom(native, options, line, {
                    ownOrigin: ownOrigin(),
                    ownCredential: tokens.isForeign(Authorization),
                  });
            if (!called) return ended;
            return ended.then(
              (response) => {
                called.info = callInfo(response);
                return response;
              },
              (error: unknown) => {
                called.info = callInfo(error);
                if (isHoldlineError(error)) called.refusal = error;
                throw error;
              },
            );
          },
      ),
    );
  };

  // Never called from here: the first call freezes the client's timeout.
  undo.push(
    patchMethod(
      client,
      'getHttpClient',
      (original) =>
        function () {
          const http = original.call(client);
          hook(http);
          return http;
        },
    ),
  );
  const sender = (): LetterSender | undefined => {
    const axios = client.getHttpClient()._axiosInstance;
    const authorization = (): string | undefined => {
      const token = currentToken(client)?.accessToken;
      return token === undefined ? undefined : `Bearer ${token}`;
    };
    return typeof axios?.create === 'function'
      ? letterSender(axios, authorization, { ownOrigin, ownCredential: tokens.isForeign })
      : undefined;
  };
  const letters: LetterSender = {
    serves: (url) => originOf(url) === ownOrigin(),
    request: (letter) => sender()?.request?.(letter) ?? { headers: [] },
    send(letter) {
      const own = sender();
      if (!own) throw new ConfigError('an HTTP client of your own sends no dead letters');
      return own.send(letter);
    },
  };
  undo.push(line.deadLetters.sendBy('genesys', letters, client));
  undo.push(
    patchMethod(
      client,
      'callApi',
      (original) =>
        function (...args) {
          const outer = frame;
          const own: Frame = (frame = {});
          let ended: Promise<unknown>;
          try {
            ended = original.apply(client, args);
          } finally {
            frame = outer;
          }
          // The SDK hands out a bare body, or nothing at all: what is known of the call is tied to that.
          const told: Promise<unknown> = ended.then(
            (value) => {
              note(own.info, value, told);
              return value;
            },
            (error: unknown) => {
              // The SDK makes a bare body of every error that has an answer; that of an uncertain write is still one.
              const thrown = own.refusal ?? error;
              note(own.info, thrown, told);
              throw thrown;
            },
          );
          return told;
        },
    ),
  );
  if (line.managesToken) {
    undo.push(rememberLogin(client), watchExpiry(client), switchOffRefresh(client));
    undo.push(
      line.onToken((token) => {
        followRefreshToken(client, token.refreshToken);
        writeToken(client, token);
        tokens.add(token.accessToken);
      }, client),
    );
  }
  reportDefects(client, line);
  return () => {
    for (const fn of undo.reverse()) fn();
  };
}

function note(info: CallInfo | undefined, ...ends: unknown[]): void {
  if (info) for (const end of ends) noteInfo(end, info);
}

/** Tells the SDK's own tokens, also earlier ones, from a credential of the request's own such as a guest's JWT. */
function knownTokens(client: ApiClientLike): {
  add(token: string): void;
  isForeign(authorization: string | undefined): boolean;
} {
  const known: string[] = [];
  const add = (token: string): void => {
    if (known.includes(token)) return;
    known.push(token);
    if (known.length > TOKENS_REMEMBERED) known.shift();
  };
  return {
    add,
    isForeign(authorization) {
      const current = currentToken(client)?.accessToken;
      if (current !== undefined) add(current);
      return (
        authorization !== undefined && !(authorization.startsWith('Bearer ') && known.includes(authorization.slice(7)))
      );
    },
  };
}

/**
 * Keeps the SDK from refreshing by itself: it rejects the caller and re-sends the request behind his back. What is written to the
 * switch meanwhile, by the user or by a reload of the configuration file, is there again after the release.
 */
function switchOffRefresh(client: ApiClientLike): Undo {
  const { config } = client;
  let wanted = config.refresh_access_token;
  Object.defineProperty(config, 'refresh_access_token', {
    configurable: true,
    enumerable: true,
    get: () => false,
    set: (value: boolean) => {
      wanted = value;
    },
  });
  return () => {
    Object.defineProperty(config, 'refresh_access_token', {
      value: wanted,
      configurable: true,
      enumerable: true,
      writable: true,
    });
  };
}
