import { ConfigError } from '@holdline/core';
import { ATTEMPT, type AwsClient, type Middleware, type MiddlewareStack } from '../types.js';

/**
 * Returns the middleware stack of a client.
 *
 * @throws ConfigError if `client` is not a client of the AWS SDK v3.
 */
export function stackOf(client: AwsClient): MiddlewareStack {
  const { middlewareStack, config, send } = client as Partial<AwsClient>;
  const stack = middlewareStack as Partial<MiddlewareStack> | undefined;
  const isStack = (['add', 'addRelativeTo', 'remove', 'identify', 'clone'] as const).every(
    (name) => typeof stack?.[name] === 'function',
  );
  const isClient = isStack && typeof send === 'function' && typeof config === 'object';
  // Below this middleware, the SDK signs each attempt anew.
  if (!isClient || !stack?.identify?.().some((line) => line.startsWith(RETRY)))
    throw new ConfigError('the first argument of guardAws must be a client of the AWS SDK v3, such as a ConnectClient');
  return stack as MiddlewareStack;
}

/** Name of the SDK's middleware that repeats a request. */
const RETRY = 'retryMiddleware';
const NAME = 'holdlineMiddleware';

/**
 * Puts `govern` between the retry middleware and the signer, and a watcher directly above the network.
 *
 * @throws ConfigError if another guarded client uses the same stack.
 */
export function addMiddleware(stack: MiddlewareStack, govern: Middleware): () => void {
  if (stack.identify().some((line) => line.startsWith(NAME)))
    throw new ConfigError('another guarded client has the same middlewareStack: guard only one of them');
  const watch: Middleware = (next) => async (args) => {
    const attempt = args[ATTEMPT];
    if (!attempt) return next(args);
    attempt.isSent = true;
    const result = await next(args);
    attempt.response = result.response as typeof attempt.response;
    return result;
  };
  stack.addRelativeTo(govern, { name: NAME, relation: 'after', toMiddleware: RETRY });
  // The deserializer has normal priority, so this one is below it.
  stack.add(watch, { name: 'holdlineWatcher', step: 'deserialize', priority: 'low' });
  return () => {
    stack.remove(govern);
    stack.remove(watch);
  };
}
