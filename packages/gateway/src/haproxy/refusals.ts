import type { GatewayPlan } from '../plan/types.js';

/** The answer of HAProxy to a request that it refuses. Body and headers are log formats in which nothing has to be quoted again. */
export interface Refusal {
  readonly status: number;
  readonly headers: readonly (readonly [name: string, format: string])[];
  readonly body: string;
}

/** Seconds until the quota has room again, and the id of this answer. */
const SECONDS = '%[var(txn.hl_retry)]';
const ID = '%[var(txn.hl_id)]';

/** The answers to requests over a quota, without a credential, and that can be read in two ways. No text of them is syntax of HAProxy. */
export function refusalsOf({ refusals }: GatewayPlan): Record<'tooMany' | 'noCredential' | 'ambiguous', Refusal> {
  const answer = (
    status: number,
    code: string,
    description: string,
    genesys: { code: string; message: string },
    more: Refusal['headers'],
  ): Refusal => {
    if (refusals === 'genesys') {
      const body = { message: genesys.message, code: genesys.code, status, contextId: ID, details: [], errors: [] };
      return { status, headers: [...more, ['ININ-Correlation-Id', ID]], body: JSON.stringify(body) };
    }
    const own: Refusal['headers'] = refusals === 'cxone' ? [['icStatusDescription', description]] : [];
    return {
      status,
      headers: [...more, ...own],
      body: JSON.stringify({ error: code, error_description: description }),
    };
  };
  const message = `Rate limit exceeded the maximum. Retry the request in [${SECONDS}] seconds`;
  const missing = 'No authentication bearer token specified in authorization header.';
  const ambiguous = 'The path or the Authorization header can be read in two ways.';
  return {
    tooMany: answer(
      429,
      'too_many_requests',
      'Rate limit exceeded',
      { code: 'too.many.requests.retry.after', message },
      [['Retry-After', SECONDS]],
    ),
    noCredential: answer(
      401,
      'unauthorized',
      'No bearer token',
      { code: 'authentication.required', message: missing },
      [['WWW-Authenticate', 'Bearer']],
    ),
    ambiguous: answer(400, 'bad_request', 'Ambiguous request', { code: 'bad.request', message: ambiguous }, []),
  };
}

/** The rule that answers with a refusal. */
export function denyRule({ status, headers, body }: Refusal, condition: string): string {
  const fields = headers.map(([name, format]) => ` hdr ${name} '${format}'`).join('');
  return `http-request deny status ${status} content-type application/json${fields} lf-string '${body}' if ${condition}`;
}

/** Rules that let a page read a refusal. It could not otherwise, and would take the refusal for a broken network. */
export function corsRules({ dryRun }: GatewayPlan): string[] {
  const condition = '{ var(txn.hl_origin) -m found } !{ var(txn.hl_status) -m str PASSED }';
  const set = 'http-after-response set-header Access-Control';
  return dryRun ? [] : [`${set}-Allow-Origin * if ${condition}`, `${set}-Expose-Headers Retry-After if ${condition}`];
}
