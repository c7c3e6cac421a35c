import { expect, test } from 'vitest';
import { models, operations, requiredFields, type SdkOperation, toPattern } from '../scripts/genesys/sdk.mjs';
import { createUnmodified, loadSdk, simulate } from './support.js';

type Method = (...args: unknown[]) => Promise<unknown>;

const ID = '7d1c5b0e-93a1-4c1f-9b1a-0123456789ab';
/** Models below this depth may lack fields. */
const MAX_DEPTH = 2;
/** Operations whose routes are older than the table, and whose answers lack some fields of their models. */
const OWN_ANSWERS = new Set([
  'getGroups',
  'getNotificationsChannelSubscriptions',
  'getOutboundCampaigns',
  'getOutboundMessagingcampaigns',
  'getPresenceDefinitions0',
  'getPresencedefinitions',
  'getSpeechandtextanalyticsCategories',
  'getTokensMe',
]);

/** The classes of the SDK that have operations, by the name of the method. A method that several classes have is listed once. */
function readMethods(client: unknown): Map<string, Method> {
  const methods = new Map<string, Method>();
  for (const [name, Api] of Object.entries(loadSdk() as unknown as Record<string, new (client: unknown) => object>)) {
    if (!name.endsWith('Api') || typeof Api !== 'function') continue;
    const api = new Api(client) as Record<string, Method>;
    for (const method of Object.getOwnPropertyNames(Api.prototype))
      methods.set(method, (...args) => api[method]!(...args));
  }
  return methods;
}

/** Values for the parameters that a method requires: ids, and lists or numbers where the SDK says so. */
function buildArguments({ args, text }: SdkOperation): unknown[] {
  return args
    .filter((name) => name !== 'opts')
    .map((name) => {
      const type = new RegExp(`@param \\{(.*?)\\} ${name}\\b`).exec(text)?.[1] ?? '';
      if (type.startsWith('Array')) return [ID];
      return type === 'Number' ? 1 : ID;
    });
}

/** Tells what of a value does not fit its type in the SDK. */
function* findMisfits(value: unknown, type: string, path: string, depth: number): Generator<string> {
  const item = /^Array<(.*)>$/.exec(type)?.[1];
  if (item !== undefined) {
    if (!Array.isArray(value)) yield `${path} is no list`;
    else for (const [index, one] of value.entries()) yield* findMisfits(one, item, `${path}[${index}]`, depth);
    return;
  }
  const fields = models[type];
  if (fields === undefined) {
    const kind = ['string', 'number', 'boolean'].includes(type) ? type : 'object';
    if (typeof value !== kind) yield `${path} is no ${kind}`;
    return;
  }
  if (typeof value !== 'object' || value === null) return yield `${path} is no object`;
  for (const [name, one] of Object.entries(value)) {
    const fieldType = fields[name];
    if (fieldType === undefined) yield `${path}.${name} is no field of ${type}`;
    else yield* findMisfits(one, fieldType, `${path}.${name}`, depth + 1);
  }
  if (depth > MAX_DEPTH) return;
  for (const name of requiredFields[type] ?? []) if (!(name in value)) yield `${path} lacks ${name}`;
}

test('every GET of the SDK gets an answer with the fields of its model', { timeout: 120_000 }, async () => {
  const simulator = await simulate({ operations: true });
  const { client } = await createUnmodified(simulator);
  const methods = readMethods(client);
  const gets = operations.filter(({ method }) => method === 'GET');
  const failures: string[] = [];
  let route = '';
  simulator.onRequest((entry) => (route = entry.route));
  let checked = 0;
  for (const operation of new Map(gets.map((one) => [one.path, one])).values()) {
    const { name, path, answer = 'void' } = operation;
    const [{ status, value, reason }] = (await Promise.allSettled([
      methods.get(name)!(...buildArguments(operation)),
    ])) as [{ status: string; value?: unknown; reason?: { status?: number } }];
    // Routes that are older than the table have data of the organization, and mostly other names.
    if (route !== `GET ${toPattern(path)}` || OWN_ANSWERS.has(name)) continue;
    if (status === 'rejected') failures.push(`${name}: ${String(reason?.status ?? reason)}`);
    else if (answer !== 'void') failures.push(...[...findMisfits(value, answer, name, 0)].slice(0, 3));
    checked += 1;
  }
  expect(failures).toEqual([]);
  expect(checked).toBeGreaterThan(1000);
});
