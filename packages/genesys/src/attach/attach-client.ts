import { attachAxios } from '@holdline/axios';
import {
  callInfo,
  isHoldlineError,
  noteInfo,
  originOf,
  shadow,
  type CallInfo,
  type Holdline,
  type HoldlineError,
  type Undo,
} from '@holdline/core';
import { apiUrl, isLogin, type ApiClientLike, type HttpClientLike } from '../sdk/api-client.js';
import { reportDefects } from '../sdk/defects.js';
import { switchOffRefresh } from '../sdk/refresh-switch.js';
import { readRefusal } from '../sdk/refusal.js';
import { currentToken, watchExpiry, writeToken } from '../sdk/stored-token.js';
import { followRefreshToken, rememberLogin } from '../sdk/token-renewal.js';
import { runCustom } from './custom-client.js';
import { letterSenderOf } from './letter-sender.js';

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

  const ownOrigin = (): string => originOf(apiUrl(client));

  const hook = (http: HttpClientLike): void => {
    if (hooked.has(http)) return;
    hooked.add(http);
    const axios = http._axiosInstance;
    const onAxios = typeof axios?.create === 'function';
    if (onAxios)
      undo.push(
        attachAxios(axios, line, {
          bypass: (url) => isLogin(client, url),
          readRefusal,
          ownOrigin,
          ownCredential: tokens.isForeign,
          name: 'genesys',
          owner: client,
        }),
      );
    undo.push(
      shadow(
        http,
        'request',
        (original) =>
          function (options) {
            const called = frame;
            const native = original.bind(http);
            const { authorization, Authorization = authorization } = options.headers ?? {};
            const ended =
              onAxios || isLogin(client, options.url)
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
    shadow(
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
  undo.push(line.deadLetters.sendBy('genesys', letterSenderOf(client, ownOrigin, tokens.isForeign), client));
  undo.push(
    shadow(
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
