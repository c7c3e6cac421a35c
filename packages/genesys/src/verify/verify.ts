import { check, pathOf, type UncertainWrite, type VerifyResult } from '@holdline/core';
import { clientOf, ReadBack } from './read-back.js';
import { decideByRead } from './routes.js';

/**
 * Options of {@link genesysVerify}.
 * @public
 */
export interface GenesysVerifyOptions {
  /**
   * Time limit in ms for the reads of one decision. After that the outcome stays unknown.
   * @defaultValue 10,000 (ours: ten reads and a short wait for a permit)
   */
  timeoutMs?: number;
}

/**
 * Makes a `verify` hook that reads back whether Genesys Cloud executed a write. It reads through the guarded client that made the write.
 *
 * Writes of these routes are decided. The hook returns `undefined` for all others, and if a read fails.
 *
 * | write | read |
 * |---|---|
 * | `PUT` and `PATCH` with a `version` in the body | the entity: its version, and the fields of the body |
 * | `PATCH /users/:id/presences/:source` | the presence |
 * | `PATCH …/participants/:id/attributes` | the attributes of the participant |
 * | `PATCH …/participants/:id` with `wrapup` or `state: 'disconnected'` only | the participant |
 * | `POST …/communications/:id/wrapup` | the wrap-up code |
 * | `POST /flows/datatables/:id/rows` | the row with this `KEY` |
 * | `POST /outbound/contactlists/:id/contacts` with `id`s, at most 10 | the contacts |
 * | `POST /outbound/campaigns/:id/start` and `/stop` | the status of the campaign |
 * | `POST /routing/queues/:id/members`, up to 1,000 members in the queue | the members |
 *
 * @throws ConfigError if an option is wrong.
 * @example
 * ```ts
 * import platformClient from 'purecloud-platform-client-v2';
 * import { guardGenesys, genesysVerify } from '@holdline/genesys';
 *
 * guardGenesys(platformClient.ApiClient.instance, { retry: { verify: genesysVerify() } });
 * ```
 * @public
 */
export function genesysVerify(options: GenesysVerifyOptions = {}): (write: UncertainWrite) => Promise<VerifyResult> {
  const checkOptions = check.shape<GenesysVerifyOptions>({ timeoutMs: check.number({ above: 0 }) });
  const { timeoutMs = 10_000 } = checkOptions(options, 'options');
  return async (write) => {
    const client = clientOf(write);
    const whole = pathOf(write.url);
    const start = whole.indexOf('/api/v2/');
    if (!client || start < 0) return undefined;
    return decideByRead(write.method, {
      path: whole.slice(start),
      query: new URL(write.url, 'https://host.invalid').searchParams,
      body: parseBody(write.payload),
      read: new ReadBack(client, timeoutMs),
    });
  };
}

function parseBody(payload: UncertainWrite['payload']): unknown {
  if (typeof payload !== 'string') return undefined;
  try {
    return JSON.parse(payload) as unknown;
  } catch {
    return undefined;
  }
}
