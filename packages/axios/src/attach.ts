import { checkContext, originOf, type CallRequest, type Holdline, type Outcome, type Undo } from '@holdline/core';
import { fullUrl, headerReader, isReplayable, nativeAdapter, payloadOf } from './native.js';
import type { AxiosLike, NativeConfig, NativeResponse } from './native.js';
import { outcomeOfError, outcomeOfResponse, type ReadRefusal } from './outcome.js';

/** What an adapter that builds on this one may say about its client. */
export interface AttachOptions {
  /**
   * Requests that go straight to the native adapter, for example those for tokens.
   * @defaultValue none
   */
  bypass?: (url: string) => boolean;
  /** Looks for the vendor's words in the text of a 429. */
  readRefusal?: ReadRefusal;
  /**
   * Origin of the client's own API.
   * @defaultValue the origin of `baseURL`
   */
  ownOrigin?: () => string;
  /**
   * Whether an Authorization header is a credential of its own, which the line's token must not replace.
   * @defaultValue never
   */
  ownCredential?: (authorization: string | undefined) => boolean;
}

/**
 * Hangs an axios instance on a line, at its adapter: below all interceptors, where every attempt is visible.
 *
 * For adapters of SDKs that carry an axios instance; users call `guardAxios`.
 *
 * @returns what undoes it: the instance then has the adapter it had.
 * @throws TypeError if `instance` is no axios instance.
 */
export function attachAxios(instance: AxiosLike, line: Holdline, options: AttachOptions = {}): Undo {
  const { bypass, readRefusal } = options;
  const base = instance.defaults.adapter;
  const native = nativeAdapter(instance);
  let attached = true;

  const send = (config: NativeConfig): Promise<Outcome> =>
    native(config).then(
      (response) => outcomeOfResponse(response, readRefusal),
      (error: unknown) => outcomeOfError(error, readRefusal),
    );

  const adapter = (config: NativeConfig): Promise<NativeResponse> => {
    const url = fullUrl(config);
    if (!attached || bypass?.(url)) return native(config);
    const { headers } = config;
    const request: CallRequest = {
      method: config.method ?? 'get',
      url,
      headers: {
        get: (name) => headerReader(headers)(name),
        set: (name, value) => void headers.set(name, value),
      },
      replayable: isReplayable(config.data),
      payload: () => payloadOf(config.data),
      copy: (value) => (isResponse(value) ? { ...value } : value),
      context: config.holdline === undefined ? undefined : checkContext(config.holdline, 'config.holdline'),
      signal: config.signal ?? signalOf(config.cancelToken),
      ownOrigin: options.ownOrigin?.() ?? originOf(config.baseURL ?? ''),
      ownCredential: options.ownCredential?.(headerReader(headers)('authorization')),
      retriedBy: otherRetryLayer(config, line),
      send: (call) => send(call.cancellation ? withSignal(config, call.cancellation.signal) : config),
    };
    return line.run(request) as Promise<NativeResponse>;
  };

  const guarded = async (config: NativeConfig): Promise<NativeResponse> => adapter(config);
  instance.defaults.adapter = guarded;
  return () => {
    attached = false;
    // Somebody may have wrapped it since; then it stays in place and only passes on.
    if (instance.defaults.adapter === guarded) instance.defaults.adapter = base;
  };
}

/** One signal for the caller's abort and the deadline; the configuration the user sees keeps its own. */
function withSignal(config: NativeConfig, signal: AbortSignal): NativeConfig {
  const attempt = { ...config, signal };
  delete attempt.cancelToken;
  return attempt;
}

function isResponse(value: unknown): value is NativeResponse {
  return typeof value === 'object' && value !== null && 'data' in value && !(value instanceof Error);
}

/** The signal of a legacy cancel token. */
function signalOf(token: NativeConfig['cancelToken']): AbortSignal | undefined {
  if (!token) return undefined;
  const controller = new AbortController();
  if (token.reason) controller.abort(token.reason);
  else void token.promise.then((reason) => controller.abort(reason));
  return controller.signal;
}

/** axios-retry leaves its state on the configuration. Two retry layers multiply, so one stands back. */
function otherRetryLayer(config: NativeConfig, line: Holdline): string | undefined {
  const state = config['axios-retry'];
  if (!state) return undefined;
  if (!line.replacesOtherRetries) return 'axios-retry';
  state.retries = 0;
  return undefined;
}
