import type { RunnableCase } from '../cases/define-case.js';
import { CASES } from '../cases/index.js';
import { registerCases } from './cases.js';
import { checkAdapter, checkParts } from './check-adapter.js';
import { runCase } from './run-case.js';
import type { AdapterUnderTest, ContractPart, ContractRunner } from './types.js';

/**
 * Registers the cases of the contract as tests of any runner. Each case starts a real server on 127.0.0.1, connects a new client and guards
 * it. Time is virtual, so a wait of a minute takes a millisecond.
 *
 * @param runner - `describe` and `it` of the runner; with `expect`, each case makes an assertion.
 * @param adapter - The adapter, and how the contract makes and calls clients for it.
 * @param parts - The parts to run. Default: all.
 * @throws ConfigError if `adapter` or `parts` is wrong.
 * @example
 * ```ts
 * import { describe, expect, it } from 'vitest';
 * import { guardFetch } from '@holdline/fetch';
 * import { adapterContract } from '@holdline/adapter-kit';
 *
 * adapterContract<typeof fetch>(
 *   { describe, it, expect },
 *   {
 *     name: 'guardFetch',
 *     guard: guardFetch,
 *     connect: (_, { authorization }) => ({
 *       client: (...args: Parameters<typeof fetch>) => fetch(...args),
 *       call: (client, { method, baseUrl, path, headers, body, signal }) =>
 *         client(baseUrl + path, {
 *           method,
 *           headers: {
 *             'Content-Type': 'application/json',
 *             ...(authorization && { Authorization: authorization }),
 *             ...headers,
 *           },
 *           body: body as BodyInit | undefined,
 *           signal: signal ?? null,
 *         }),
 *       read: async (response) => {
 *         const { status } = response as Response;
 *         return { status, text: await (response as Response).text() };
 *       },
 *     }),
 *     lacks: {
 *       oneConnection: 'fetch has no option for its connections',
 *       interceptor: 'a function has no interceptors',
 *       ownOrigin: 'a function has no base address',
 *       clientCredential: 'a function has no credential of its own',
 *       localFailure: 'connect() has no refuse()',
 *       streamBody: 'fetch takes no Node stream',
 *       secondCopy: 'Node contains fetch once',
 *     },
 *   },
 * );
 * ```
 * @public
 */
export function adapterContract<Client extends object>(
  runner: ContractRunner,
  adapter: AdapterUnderTest<Client>,
  parts?: readonly ContractPart[],
): void {
  const subject = checkAdapter(adapter);
  const wanted = parts && checkParts(parts, 'parts');
  const cases = CASES.filter(({ part }) => wanted?.includes(part) !== false);
  const run = (one: RunnableCase): Promise<void> => runCase(one, subject);
  registerCases(runner, { cases, subject, run }, ({ part, name }) => `${part}: ${name}`);
}
