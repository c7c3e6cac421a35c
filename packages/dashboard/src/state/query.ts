import { PRIORITIES, type HoldlineErrorCode, type Priority } from '@holdline/core';
import type { CallFilter, HistoryRange } from '@holdline/monitor';
import type { ScopeQuery } from './scopes.js';

/** A query with a wrong parameter. The message names the parameter and what is allowed, never its value. */
export class QueryError extends Error {}

const MAX_CALLS = 500;
const MAX_SCOPES = 200;
const MAX_TEXT = 2_000;

const FILTERS = ['route', 'tenant', 'priority', 'outcome', 'status', 'error', 'scope', 'minWaitedMs', 'retried'];
const CALL_KEYS = ['line', ...FILTERS, 'since', 'limit'];

function checkKeys(query: URLSearchParams, allowed: readonly string[]): void {
  for (const key of query.keys())
    if (!allowed.includes(key)) throw new QueryError(`unknown parameter; allowed here: ${allowed.join(', ')}`);
}

function readText(query: URLSearchParams, key: string): string | undefined {
  const value = query.get(key) ?? undefined;
  if (value !== undefined && value.length > MAX_TEXT)
    throw new QueryError(`${key} must have at most ${MAX_TEXT} characters`);
  return value;
}

function readNumber(query: URLSearchParams, key: string, max: number): number | undefined {
  const value = query.get(key);
  if (value === null) return undefined;
  const number = Number(value);
  if (value.trim() === '' || !Number.isFinite(number) || number < 0 || number > max)
    throw new QueryError(`${key} must be a number from 0 to ${max}`);
  return number;
}

function readInteger(query: URLSearchParams, key: string, max: number): number | undefined {
  const number = readNumber(query, key, max);
  if (number !== undefined && !Number.isInteger(number))
    throw new QueryError(`${key} must be an integer from 0 to ${max}`);
  return number;
}

/** A text that may not be empty. */
function readName(query: URLSearchParams, key: string): string | undefined {
  const value = readText(query, key);
  if (value === '') throw new QueryError(`${key} must not be empty`);
  return value;
}

function readOne<T extends string>(query: URLSearchParams, key: string, allowed: readonly T[]): T | undefined {
  const value = query.get(key);
  if (value === null) return undefined;
  if (!allowed.includes(value as T)) throw new QueryError(`${key} must be ${allowed.join(' or ')}`);
  return value as T;
}

/** Reads the filter of `/api/calls`. */
export function readCallFilter(query: URLSearchParams): CallFilter {
  checkKeys(query, CALL_KEYS);
  const retried = readOne(query, 'retried', ['true', 'false']);
  const filter = {
    route: readName(query, 'route'),
    tenant: readText(query, 'tenant'),
    priority: readOne<Priority>(query, 'priority', PRIORITIES),
    outcome: readOne(query, 'outcome', ['ok', 'failed', 'active'] as const),
    status: readInteger(query, 'status', 999),
    error: readName(query, 'error') as HoldlineErrorCode | undefined,
    scope: readName(query, 'scope'),
    minWaitedMs: readNumber(query, 'minWaitedMs', Number.MAX_SAFE_INTEGER),
    retried: retried === undefined ? undefined : retried === 'true',
    since: readNumber(query, 'since', Number.MAX_SAFE_INTEGER),
    limit: Math.min(readInteger(query, 'limit', Number.MAX_SAFE_INTEGER) ?? 100, MAX_CALLS),
  };
  return Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== undefined)) as CallFilter;
}

/** Reads the query of `/api/scopes`. */
export function readScopeQuery(query: URLSearchParams): ScopeQuery {
  checkKeys(query, ['line', 'search', 'offset', 'limit']);
  return {
    search: readText(query, 'search') ?? '',
    offset: readInteger(query, 'offset', Number.MAX_SAFE_INTEGER) ?? 0,
    limit: Math.min(readInteger(query, 'limit', Number.MAX_SAFE_INTEGER) ?? 100, MAX_SCOPES),
  };
}

/** Reads the range of `/api/history`. */
export function readRange(query: URLSearchParams): HistoryRange {
  checkKeys(query, ['line', 'range']);
  return readOne<HistoryRange>(query, 'range', ['hour', 'day', 'week']) ?? 'hour';
}

/** Reads the id of a line. */
export function readLine(query: URLSearchParams): number | undefined {
  return readInteger(query, 'line', Number.MAX_SAFE_INTEGER);
}

/** Refuses all parameters but `line`. */
export function readNoMore(query: URLSearchParams, ...more: string[]): void {
  checkKeys(query, ['line', ...more]);
}
