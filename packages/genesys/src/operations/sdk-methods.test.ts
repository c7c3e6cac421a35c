import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import { positionOfOptions } from '../sdk/sdk-method.js';
import { BULK_READS } from './bulk-reads.js';
import { BULK_WRITES } from './bulk-writes.js';
import { JOBS } from './jobs.js';
import { PAGED_OPERATIONS } from './paged-operations.js';

/** The arguments of `callApi` that the SDK passes. */
interface SdkCall {
  readonly path: string;
  readonly method: string;
  readonly query: Readonly<Record<string, unknown>>;
  readonly body: unknown;
}

type SdkMethod = (this: { apiClient: object }, ...args: unknown[]) => SdkCall;

const sdk = createRequire(import.meta.url)('purecloud-platform-client-v2') as Record<string, unknown>;
const apiClient = {
  callApi: (...args: unknown[]): SdkCall => {
    const [path, method, , query, , , body] = args as [string, string, unknown, Record<string, unknown>, ...unknown[]];
    return { path, method, query, body };
  },
  buildCollectionParam: (value: unknown) => value,
};

/** The methods of all API classes of the SDK. */
const methods = new Map<string, SdkMethod>();
for (const [name, value] of Object.entries(sdk)) {
  if (!name.endsWith('Api') || typeof value !== 'function') continue;
  const prototype = value.prototype as Record<string, SdkMethod>;
  for (const key of Object.getOwnPropertyNames(prototype)) if (key !== 'constructor') methods.set(key, prototype[key]!);
}

/** Calls a method with the given options or body, and 'x' for all other arguments. */
function call(name: string, at: (method: SdkMethod) => number, value: unknown): SdkCall {
  const method = methods.get(name);
  if (!method) throw new Error(`the SDK has no ${name}`);
  const args: unknown[] = Array.from({ length: method.length }, (_, i) => (i === method.length - 1 ? {} : 'x'));
  args[at(method)] = value;
  return method.call({ apiClient }, ...args);
}

const optionsOf = (method: SdkMethod): number => positionOfOptions(method, []);
const pathOf = (path: string): string => path.replace(/\{(\w+)\}/g, ':$1');

describe('every row agrees with the methods of the SDK', () => {
  it('of paged operations: the options, or the body, take the page size and the place', () => {
    for (const [{ style, size, body }, names] of PAGED_OPERATIONS) {
      for (const name of names.trim().split(/\s+/)) {
        const page = { [style]: 'the place', ...(size !== undefined && { [size]: 77 }) };
        const sent = call(name, (method) => optionsOf(method) - (body === undefined ? 0 : 1), page);
        expect([name, sent.method]).toEqual([name, body === undefined ? 'GET' : 'POST']);
        expect([name, body === undefined ? sent.query : sent.body]).toEqual([name, expect.objectContaining(page)]);
      }
    }
  });

  it('of paged operations: the method to use instead exists and has no such limit', () => {
    for (const [{ instead }] of PAGED_OPERATIONS) {
      if (instead === undefined) continue;
      const row = PAGED_OPERATIONS.find(([, names]) => names.split(/\s+/).includes(instead))?.[0];
      expect([instead, row?.maxItems, row?.maxPage, row?.style]).toEqual([
        instead,
        undefined,
        undefined,
        expect.any(String),
      ]);
    }
  });

  it('of jobs: the methods address the same job', () => {
    for (const [start, { status, results, cursor, cancel }] of Object.entries(JOBS)) {
      const started = call(start, () => 0, { a: 1 });
      const state = call(status, optionsOf, {});
      const read = call(results, optionsOf, { cursor: 'c' });
      expect([start, started.method, started.body, state.method, read.method]).toEqual([
        start,
        'POST',
        { a: 1 },
        'GET',
        'GET',
      ]);
      expect(state.path.replace(/\/\{\w+\}$/, '')).toBe(started.path);
      expect([start, read.path, read.query['cursor']]).toEqual([
        start,
        `${state.path}/results`,
        cursor ? 'c' : undefined,
      ]);
      if (cancel === undefined) continue;
      expect(call(cancel, optionsOf, {})).toMatchObject({ method: 'DELETE', path: state.path });
    }
  });

  it('of writes in bulk: the body stands where the row says', () => {
    for (const [name, { position }] of Object.entries(BULK_WRITES)) {
      const body = [{ id: 'a' }];
      const sent = call(name, () => position, body);
      expect([name, sent.body]).toEqual([name, body]);
      expect(['POST', 'PUT', 'PATCH']).toContain(sent.method);
    }
  });

  it('of reads in bulk: both reads exist, and the list takes the parameters', () => {
    const gets = new Map<string, SdkCall>();
    for (const [name, method] of methods) {
      if (!name.startsWith('get') || method.length === 0) continue;
      const sent = call(name, optionsOf, {});
      gets.set(pathOf(sent.path), sent);
    }
    for (const [pattern, { list, parameter, pageSize, passes, query = {}, except = [] }] of Object.entries(
      BULK_READS,
    )) {
      const single = pattern.slice('GET '.length);
      expect([pattern, Object.keys(gets.get(single)?.query ?? {})]).toEqual([pattern, expect.arrayContaining(passes)]);
      const needed = [parameter, ...passes, ...Object.keys(query), ...(pageSize === undefined ? [] : [pageSize])];
      expect([list, Object.keys(gets.get(list)?.query ?? {})]).toEqual([list, expect.arrayContaining(needed)]);
      const [id] = [...single.matchAll(/:\w+/g)].map(([name]) => name).filter((name) => !list.includes(name));
      for (const one of except) expect(gets.has(single.replace(id!, one))).toBe(true);
    }
  });
});
