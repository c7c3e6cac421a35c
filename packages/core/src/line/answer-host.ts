import type { ActiveCall } from '../call/call.js';
import { isSigned } from '../call/credential.js';
import type { CallRequest, HeaderAccess, LetterParts } from '../contract/call.js';
import type { Outcome } from '../contract/outcome.js';
import type { Ports } from '../contract/store.js';
import { digestParts } from '../crypto/digest.js';
import { CREDENTIAL_NAMES } from '../http/credential-headers.js';
import { endpointsOf } from '../config/resolve.js';
import type { HoldlineConfig } from '../config/types.js';
import type { Answers } from '../policies/answers/answers.js';
import type { AnswerHost, ReadContext } from '../policies/answers/host.js';
import type { Governor } from '../policies/governor/governor.js';
import type { TokenOptions } from '../policies/token/options.js';
import type { TokenPool } from '../policies/token/pool.js';
import type { TokenSource } from '../policies/token/source.js';
import type { Events } from '../runtime/events.js';
import { objectNumber } from '../runtime/object-number.js';
import type { LineRoute } from './route-table.js';

/** The parts of a line that answers belong to. */
export interface AnswerParts {
  readonly ports: Ports;
  readonly events: Events;
  readonly governor: Governor;
  readonly tokens: TokenSource | undefined;
  readonly pool: TokenPool | undefined;
  readonly token: TokenOptions | undefined;
  read(request: CallRequest, context: ReadContext): Promise<Outcome>;
}

/** Largest number of remembered digests of credentials. Full, they are forgotten. */
const MAX_DIGESTS = 1_000;

/** Credentials besides `Authorization` of a request that does not list its headers. */
const OTHER_CREDENTIALS = [
  'cookie',
  'x-api-key',
  'api-key',
  'apikey',
  'x-auth-token',
  'x-access-token',
  'x-session-id',
];

/** Makes the part of a line that cache, coalescing and bulk reads work with. */
export function createAnswerHost(line: AnswerParts): AnswerHost {
  const { ports, events, governor, tokens, pool, token } = line;
  // The name of a credential in snapshots has 52 bits, too few to keep answers apart.
  const digests = new Map<string, string>();

  return {
    clock: ports.clock,
    events,
    read: (request, context) => line.read(request, context),
    ownerOf: (call, headers = call.request.letter?.().headers) => {
      const { request, tenant = '' } = call;
      // With its length, no tenant looks like a part of what follows.
      return `${nameClient(request)} ${nameCredential(call, headers)} ${tenant.length} ${tenant}`;
    },
    isGated: (call) => {
      const { governed } = call.route as LineRoute;
      return governed !== undefined && governor.isGated(call, governed);
    },
  };

  /** Two clients may have credentials that their requests do not show, such as certificates, and results of different forms. */
  function nameClient({ client = '', owner }: CallRequest): string {
    return owner ? `${client}${objectNumber(owner)}` : client;
  }

  function nameCredential(call: ActiveCall, headers: LetterParts['headers'] | undefined): string {
    const secret = headers ? listCredentials(headers) : readCredentials(call.request.headers);
    return secret === '' ? nameToken(call) : `${nameToken(call)} ${digest(secret)}`;
  }

  function nameToken(call: ActiveCall): string {
    if (token && isSigned(token, call)) {
      // The line may sign each attempt with any credential of the pool, so an answer belongs to all of them.
      if (pool) return 'pool';
      if (tokens && !tokens.isEmpty) return `token${tokens.login}`;
    }
    const { credential, headers } = call.request;
    const own = credential ?? headers.get('authorization');
    return own === undefined ? '' : digest(own);
  }

  function digest(secret: string): string {
    let found = digests.get(secret);
    if (found === undefined) {
      if (digests.size >= MAX_DIGESTS) digests.clear();
      digests.set(secret, (found = digestParts(secret)));
    }
    return found;
  }
}

/** Applies a configuration to the answers of a line. */
export function configureAnswers(answers: Answers, { coalesce = false, endpoints = {} }: HoldlineConfig): void {
  const declared = endpointsOf({ endpoints });
  const patterns = declared.flatMap(([{ pattern }, { cache }]) => (cache ? pattern : []));
  const isOn = coalesce || patterns.length > 0 || declared.some(([, policies]) => policies.coalesce);
  answers.configure(isOn, new Set(patterns));
}

function listCredentials(headers: LetterParts['headers']): string {
  const found: string[] = [];
  for (const [given, value] of headers) {
    const name = given.toLowerCase();
    if (name !== 'authorization' && CREDENTIAL_NAMES.test(name)) found.push(`${name}: ${value}`);
  }
  return found.length === 0 ? '' : found.sort().join('\n');
}

function readCredentials(headers: HeaderAccess): string {
  let found = '';
  for (const name of OTHER_CREDENTIALS) {
    const value = headers.get(name);
    if (value !== undefined) found += `${name}: ${value}\n`;
  }
  return found;
}
