import type { HoldlineConfig } from '../config/types.js';
import { callable, isRecord, refuse, shape, text } from '../contract/check.js';
import type { Undo } from '../contract/clock.js';
import { ConfigError } from '../contract/errors.js';
import type { Grant } from '../policies/token/options.js';
import { shared } from '../runtime/process-state.js';
import type { Holdline } from './holdline.js';
import { createHoldline } from './create-holdline.js';
import { isHoldline } from './line.js';

/**
 * The argument of {@link defineAdapter}.
 * @public
 */
export interface AdapterDefinition<Client extends object> {
  /** Name of the adapter in error messages, for example `guardAxios`. */
  name: string;
  /** Attaches the client to the line. The returned function restores the original state of the client. */
  attach(client: Client, line: Holdline): Undo;
  /**
   * Returns the configuration for this client, for example the preset of the adapter merged with the user's configuration.
   * @defaultValue the user's configuration
   */
  configure?(client: Client, given: HoldlineConfig): HoldlineConfig;
}

/**
 * Attaches a client to a line and returns the same client.
 * @public
 */
export type GuardFunction<Client extends object> = <C extends Client>(
  client: C,
  configOrLine?: HoldlineConfig | Holdline,
  /** For an adapter that changes the user's argument first: that argument. A second guard is compared with it. */
  given?: unknown,
) => C;

/**
 * Defines an adapter: a function that takes a client, and a configuration or an existing line. It guards the client and returns it.
 * Guarding a guarded client again with the same line or the same configuration, or without any, does nothing.
 *
 * @throws ConfigError if the definition, the client or the configuration is wrong, or the client is guarded with another one.
 * @example
 * ```ts
 * import { answered, defineAdapter, failed, networkFailure } from '@holdline/core';
 *
 * interface Client {
 *   get(url: string): Promise<{ status: number }>;
 * }
 *
 * const guardClient = defineAdapter<Client>({
 *   name: 'guardClient',
 *   attach(client, line) {
 *     const native = client.get;
 *     client.get = (url) =>
 *       line.run({
 *         method: 'GET',
 *         url,
 *         headers: { get: () => undefined, set: () => undefined },
 *         replayable: true,
 *         send: () =>
 *           native.call(client, url).then(
 *             (response) => answered(response, { status: response.status, header: () => undefined }),
 *             (error: unknown) => failed(error, networkFailure(error)),
 *           ),
 *       }) as Promise<{ status: number }>;
 *     return () => {
 *       client.get = native;
 *     };
 *   },
 * });
 * ```
 * @public
 */
export function defineAdapter<Client extends object>(definition: AdapterDefinition<Client>): GuardFunction<Client> {
  const checked = shape<AdapterDefinition<Client>>({
    name: text,
    attach: callable<AdapterDefinition<Client>['attach']>(),
    configure: callable<NonNullable<AdapterDefinition<Client>['configure']>>(),
  })(definition, 'adapter');
  const { name, attach, configure } = checked;
  if (name === undefined) refuse('adapter.name', undefined, 'a string that is not empty');
  if (attach === undefined) refuse('adapter.attach', undefined, 'a function');
  return (client, configOrLine = {}, given = configOrLine) => {
    const isClient = (typeof client === 'object' && client !== null) || typeof client === 'function';
    if (!isClient) refuse(`the first argument of ${name}`, client, 'a client');
    if (isGuarded(name, client, given)) return client;
    if (!isRecord(configOrLine)) refuse(`the second argument of ${name}`, configOrLine, 'a configuration or a line');
    const line = isHoldline(configOrLine)
      ? configOrLine
      : createHoldline(configure ? configure(client, configOrLine) : configOrLine);
    shared.attachments.set(client, { line, given, detach: attach(client, line) });
    return client;
  };
}

/**
 * For adapters: whether a client is guarded already.
 *
 * @param given - The user's configuration or line; undefined or an empty object: none.
 * @throws ConfigError if the client is guarded with another configuration or line.
 * @public
 */
export function isGuarded(name: string, client: object, given: unknown): boolean {
  const attachment = shared.attachments.get(client);
  if (!attachment) return false;
  const [now, before] = [given, attachment.given].map((config = {}) => print(config));
  if (given !== attachment.line && (isHoldline(given) || (now !== '{}' && now !== before)))
    throw new ConfigError(
      `${name}: the client is guarded with another configuration; pass its line, use line.update(), or release() it first`,
    );
  return true;
}

/**
 * Prints a configuration for a comparison. A function that is made anew for each guard counts as the same if its source is, and a grant
 * if its identity is the same too. Objects of classes, such as stores, are not compared.
 */
function print(config: unknown): string | undefined {
  try {
    return JSON.stringify(config, (_, value: unknown) => {
      if (typeof value === 'function') return [String(value), (value as Grant).identity?.()];
      return isRecord(value) && Object.getPrototypeOf(value) !== Object.prototype ? {} : value;
    });
  } catch {
    // JSON knows no circle and no bigint. No valid configuration has one, so this one equals no other.
    return undefined;
  }
}

/**
 * The line of a guarded client; undefined if the client is not guarded.
 * @public
 */
export function holdlineOf(client: object): Holdline | undefined {
  return shared.attachments.get(client)?.line as Holdline | undefined;
}

/**
 * Removes the guard and restores the original state of the client. Active calls end as guarded calls.
 * @public
 */
export function release(client: object): void {
  const attachment = shared.attachments.get(client);
  if (!attachment) return;
  shared.attachments.delete(client);
  attachment.detach();
}
