import { ConfigError, currentContext, holdlineOf, type Holdline } from '@holdline/core';
import type { CxoneSdk, SdkParts } from '../sdk/sdk-parts.js';
import { currentToken } from '../sdk/stored-token.js';
import { resolveAgentStates, type AgentStatesOptions, type ResolvedAgentStates } from './options.js';
import { StatePoller, type PollSource } from './state-poller.js';
import { StateWatch } from './state-watch.js';
import type { AgentStates } from './types.js';

/** The pollers of each line that have watches. */
const pollersOf = new WeakMap<Holdline, Set<StatePoller>>();

/**
 * Watches the states of agents. All watches of one client share one poll per interval. Each poll asks for the changes since the poll
 * before, by `updatedSince` of `GET /cache/agentstate`, which the directory of the SDK polls too. Polls have the priority `background`,
 * and spend quotas as all calls.
 *
 * Watches share polls if client, base, fields, tenant of `withCall` and source of the token are the same. The states are dropped when
 * another user logs in.
 *
 * @param client - Parts of the SDK whose `HttpClient` is guarded by `guardCxone`, or a function that `guardFetch` has guarded.
 * @returns a watch. It keeps the process alive until `close()`, or the close of the line.
 * @throws ConfigError if the options are wrong, the client is not guarded, or the base of the API is unknown.
 * @example
 * ```ts
 * import { agentStates, guardCxone } from '@holdline/cxone';
 * import { HttpClient } from '@nice-devone/core-sdk';
 * import { CXoneAuth } from '@nice-devone/auth-sdk';
 *
 * const states = agentStates(guardCxone({ HttpClient, CXoneAuth }));
 * states.on('change', ({ agentId, state }) => console.log(agentId, state?.agentStateName));
 * ```
 * @public
 */
export function agentStates(client: CxoneSdk | typeof fetch, options: AgentStatesOptions = {}): AgentStates {
  const isClient = (typeof client === 'object' && client !== null) || typeof client === 'function';
  const { HttpClient } = (client ?? {}) as Partial<CxoneSdk>;
  const line = isClient ? (holdlineOf(client) ?? (HttpClient && holdlineOf(HttpClient))) : undefined;
  if (!line)
    throw new ConfigError(
      'the first argument of agentStates must be an SDK that guardCxone has guarded, or a fetch of guardFetch',
    );
  const resolved = resolveAgentStates(options);
  const source = describeSource(client, resolved);
  const poller = findPoller(line, source) ?? createPoller(line, source, resolved);
  const watch = new StateWatch(poller, resolved);
  poller.add(watch);
  return watch;
}

function describeSource(client: CxoneSdk | typeof fetch, options: ResolvedAgentStates): PollSource {
  const auth = typeof client === 'function' ? undefined : (client as unknown as SdkParts).CXoneAuth?.instance;
  const config = auth?.getCXoneConfig?.() as { acdApiBaseUri?: string } | undefined;
  // The SDK has an empty base before its discovery.
  const baseUri = options.baseUri ?? (config?.acdApiBaseUri || undefined);
  if (baseUri === undefined || !URL.canParse(baseUri))
    throw new ConfigError(
      'baseUri must be a URL such as https://api-na1.niceincontact.com: the SDK does not know it before its discovery',
    );
  const { accessToken = auth && (() => currentToken(auth)?.accessToken) } = options;
  return {
    baseUri,
    fields: options.fields.join(','),
    tenant: currentContext().tenant,
    accessToken,
    // The guard of the SDK replaces the global fetch.
    fetch: typeof client === 'function' ? client : (...args) => globalThis.fetch(...args),
    owner: options.accessToken ?? auth ?? client,
  };
}

function findPoller(line: Holdline, wanted: PollSource): StatePoller | undefined {
  return [...(pollersOf.get(line) ?? [])].find(({ source }) =>
    (['baseUri', 'fields', 'tenant', 'owner'] as const).every((key) => source[key] === wanted[key]),
  );
}

function createPoller(line: Holdline, source: PollSource, options: ResolvedAgentStates): StatePoller {
  const pollers = pollersOf.get(line) ?? new Set();
  pollersOf.set(line, pollers);
  const poller = new StatePoller(source, options, () => {
    pollers.delete(poller);
    stopListening();
  });
  const stopListening = line.onClose(() => poller.end());
  pollers.add(poller);
  return poller;
}
