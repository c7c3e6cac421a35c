import type { AgentState } from './types.js';

/** An answer of the route, as the SDK 25.1.2 reads it. */
export interface StateAnswer {
  readonly states: readonly AgentState[];
  /** The value for `updatedSince` of the next poll. Undefined if the platform gives none. */
  readonly lastPollTime: string | undefined;
}

/** Reads the body of an answer. Entries without a number as `agentId` are left out. */
export function readStateAnswer(body: unknown): StateAnswer {
  const outer = asObject(body);
  const inner = asObject(outer.resultSet);
  const lastPollTime = outer.lastPollTime ?? inner.lastPollTime;
  const listed = Array.isArray(inner.agentState) ? (inner.agentState as unknown[]) : [];
  return {
    states: listed.flatMap((entry) => {
      const fields = asObject(entry);
      const agentId = Number(fields.agentId ?? NaN);
      return Number.isInteger(agentId) ? [{ ...fields, agentId }] : [];
    }),
    lastPollTime: typeof lastPollTime === 'string' && lastPollTime !== '' ? lastPollTime : undefined,
  };
}

function asObject(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
