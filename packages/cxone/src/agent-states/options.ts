import { check, systemClock, type Clock } from '@holdline/core';

/** The fields that the directory of the SDK 25.1.2 asks for. */
const SDK_FIELDS = [
  'agentId',
  'agentStateName',
  'contactId',
  'firstName',
  'isActive',
  'isOutbound',
  'lastName',
  'lastPollTime',
  'lastUpdateTime',
  'mediaName',
  'outStateCode',
  'outStateDescription',
  'skillId',
  'skillName',
  'startDate',
  'stationPhoneNumber',
  'teamId',
  'teamName',
  'userName',
  'userId',
] as const;

/**
 * Options of `agentStates`. All are optional.
 * @public
 */
export interface AgentStatesOptions {
  /**
   * Base of the API, such as `https://api-na1.niceincontact.com`. A guarded fetch needs it.
   * @defaultValue `acdApiBaseUri` of the SDK's configuration
   */
  baseUri?: string;
  /**
   * Returns the access token for each poll. Calls with different functions share no poll.
   * @defaultValue the token of `CXoneAuth`; without `CXoneAuth`, the token of the line
   */
  accessToken?: () => string | undefined;
  /**
   * Agents to watch.
   * @defaultValue all agents
   */
  agentIds?: number[];
  /**
   * Fields to ask for. `agentId` is always included.
   * @defaultValue the 20 fields that the directory of the SDK 25.1.2 asks for
   */
  fields?: string[];
  /**
   * Time from one poll to the next, in ms. Watches that share polls are served at the shortest interval among them.
   * @defaultValue 5,000 (the interval of the SDK 25.1.2)
   */
  intervalMs?: number;
  /**
   * Time after which a poll asks for all agents instead of changes, in ms. It bounds the life of a change that the platform did not report.
   * @defaultValue 600,000 (ours)
   */
  resyncMs?: number;
  /**
   * Time without an answer after which `isStale` is true, in ms.
   * @defaultValue 15,000 (ours: three polls)
   */
  staleAfterMs?: number;
  /** Source of time. @defaultValue the system clock */
  clock?: Clock;
}

const checkOptions = check.shape<AgentStatesOptions>({
  baseUri: check.text,
  accessToken: check.callable<() => string | undefined>(),
  agentIds: check.list(check.number({ min: 0, integer: true })),
  fields: check.list(check.text),
  intervalMs: check.number({ min: 100 }),
  resyncMs: check.number({ above: 0 }),
  staleAfterMs: check.number({ above: 0 }),
  clock: (value, key) => (check.isRecord(value) ? (value as never) : check.refuse(key, value, 'a clock')),
});

/** Checked options with their defaults. */
export interface ResolvedAgentStates extends AgentStatesOptions {
  readonly fields: string[];
  readonly intervalMs: number;
  readonly resyncMs: number;
  readonly staleAfterMs: number;
  readonly clock: Clock;
}

/** Checks the options and adds the defaults. */
export function resolveAgentStates(options: AgentStatesOptions): ResolvedAgentStates {
  const given = checkOptions(options, '');
  return {
    intervalMs: 5_000,
    resyncMs: 600_000,
    staleAfterMs: 15_000,
    clock: systemClock,
    ...given,
    fields: [...new Set(['agentId', ...(given.fields ?? SDK_FIELDS)])],
  };
}
