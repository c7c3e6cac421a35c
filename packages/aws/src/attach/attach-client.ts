import { isAbortSignal, type Holdline, type Undo } from '@holdline/core';
import { abortErrorOf } from '../call/abort-error.js';
import { ADAPTER, AwsCall } from '../call/aws-call.js';
import { LetterSending } from '../letters/letter-sending.js';
import {
  SMITHY_CONTEXT_KEY,
  type AwsClient,
  type HandlerResult,
  type Middleware,
  type SdkConfig,
  type SdkRequest,
} from '../types.js';
import { setOwnRetryAside } from './own-retry.js';
import { Sends } from './sending.js';
import { addMiddleware, stackOf } from './stack.js';

/** Attaches a client to a line. Returns the function that restores the client. */
export function attachClient(client: AwsClient, line: Holdline): Undo {
  const stack = stackOf(client);
  const config = client.config as SdkConfig;
  const sends = new Sends();
  let isAttached = true;

  const govern: Middleware = (next, context) => {
    const sending = sends.take();
    return async (args) => {
      if (!isAttached || !isHttpRequest(args.request)) return next(args);
      letters.note(args.request, context);
      const signal = sending?.signal ?? signalIn(context[SMITHY_CONTEXT_KEY]?.abortSignal);
      const { otherLayer: retriedBy } = ownRetry;
      const call = new AwsCall({ owner: client, next, context, args, sending, signal, retriedBy });
      return run(line, call, (value) => {
        if (sending) sending.value = value;
      });
    };
  };

  const removeMiddleware = addMiddleware(stack, govern);
  const ownRetry = setOwnRetryAside(config, line);
  const unwatch = sends.watch(client);
  // Handlers that the client keeps for a command were made without the guard.
  forgetHandlers(client);
  const letters = new LetterSending(client, stack, config, line, govern);
  const stopSending = line.deadLetters.sendBy(ADAPTER, letters, client);
  return () => {
    isAttached = false;
    stopSending();
    unwatch();
    ownRetry.restore();
    removeMiddleware();
    forgetHandlers(client);
  };
}

/** Runs a call through the line. The caller gets the errors of the SDK for its own aborts. */
async function run(line: Holdline, call: AwsCall, note: (value: unknown) => void): Promise<HandlerResult> {
  try {
    const output = await line.run(call);
    note(output);
    return call.resultOf(output);
  } catch (error) {
    const { signal } = call;
    const thrown = signal?.aborted === true && error === signal.reason ? abortErrorOf(error) : error;
    note(thrown);
    throw thrown;
  }
}

function isHttpRequest(request: unknown): request is SdkRequest {
  const { method, hostname, headers } = (request ?? {}) as Partial<SdkRequest>;
  return typeof method === 'string' && typeof hostname === 'string' && typeof headers === 'object';
}

function signalIn(signal: unknown): AbortSignal | undefined {
  return isAbortSignal(signal) ? signal : undefined;
}

function forgetHandlers(client: AwsClient): void {
  const cache = client as { handlers?: unknown };
  if (cache.handlers !== undefined) cache.handlers = undefined;
}
