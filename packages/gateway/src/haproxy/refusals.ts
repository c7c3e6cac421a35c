import type { GatewayPlan } from '../plan/types.js';

/** The answer of HAProxy to a request that it refuses. Body and headers are log formats in which nothing has to be quoted again. */
export interface Refusal {
  readonly status: number;
  readonly contentType: string;
  readonly headers: readonly (readonly [name: string, format: string])[];
  readonly body: string;
}

/** Seconds until the quota has room again, and the id of this answer. */
const SECONDS = '%[var(txn.hl_retry)]';
const ID = '%[var(txn.hl_id)]';

/** A body of Genesys Cloud. The messages have no `%`, quotes or backslashes. */
const genesysBody = (status: number, code: string, message: string): string =>
  JSON.stringify({ message, code, status, contextId: ID, details: [], errors: [] });

const plainBody = (status: number, title: string, detail: string): string => JSON.stringify({ title, status, detail });

/** The answers to requests over a quota, without a credential, and with a path that can be read in two ways. */
export function refusalsOf({ refusals }: GatewayPlan): { tooMany: Refusal; noCredential: Refusal; ambiguous: Refusal } {
  const isGenesys = refusals === 'genesys';
  const contentType = isGenesys ? 'application/json' : 'application/problem+json';
  const id: Refusal['headers'] = isGenesys ? [['ININ-Correlation-Id', ID]] : [];
  const body = (status: number, code: string, title: string, message: string): string =>
    isGenesys ? genesysBody(status, code, message) : plainBody(status, title, message);
  return {
    tooMany: {
      status: 429,
      contentType,
      headers: [['Retry-After', SECONDS], ...id],
      body: body(
        429,
        'too.many.requests.retry.after',
        'Too Many Requests',
        `Rate limit exceeded the maximum. Retry the request in [${SECONDS}] seconds`,
      ),
    },
    noCredential: {
      status: 401,
      contentType,
      headers: [['WWW-Authenticate', 'Bearer'], ...id],
      body: body(
        401,
        'authentication.required',
        'Unauthorized',
        'No authentication bearer token specified in authorization header.',
      ),
    },
    ambiguous: {
      status: 400,
      contentType,
      headers: id,
      body: body(400, 'bad.request', 'Bad Request', 'The path or the Authorization header can be read in two ways.'),
    },
  };
}

/** The words of a rule that answers with a refusal. */
export function denyRule({ status, contentType, headers, body }: Refusal, condition: string): string {
  const fields = headers.map(([name, format]) => `hdr ${name} '${format}'`).join(' ');
  return `http-request deny status ${status} content-type ${contentType} ${fields} lf-string '${body}' if ${condition}`.replace(
    /  +/g,
    ' ',
  );
}
