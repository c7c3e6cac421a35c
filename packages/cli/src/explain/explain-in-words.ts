import type { Explanation } from '@holdline/core';
import { describePlace, describeQuota } from './scope-words.js';
import { describePolicies } from './policy-words.js';
import { count, counted, duration } from '../terminal/words.js';

type Scope = Explanation['scopes'][number];

/**
 * Says in sentences how a line handles a request: what would happen now, whether it may be repeated, and which numbers apply.
 *
 * @param explanation - What `line.explain()` returned.
 * @returns one sentence or two in each text, the most important first.
 * @example
 * ```ts
 * import { createHoldline } from '@holdline/core';
 * import { explainInWords } from 'holdline';
 *
 * const line = createHoldline({ governor: { quotas: [{ limit: 300, windowMs: 60_000 }] } });
 * for (const sentence of explainInWords(line.explain({ method: 'GET', url: '/users/7' }))) console.log(sentence);
 * ```
 * @public
 */
export function explainInWords(explanation: Explanation): string[] {
  return [
    ...(explanation.dryRun
      ? ['The line runs dry: the request is sent at once, and once. The following says what it would do otherwise.']
      : []),
    ...describeNow(explanation),
    ...describeRepeat(explanation),
    ...describeScopes(explanation.scopes),
    ...describePolicies(explanation),
    ...describePools(explanation),
  ];
}

function describeNow({ route, now, scopes }: Explanation): string[] {
  const sentences: string[] = [];
  if (now.circuit === 'open') return [`${route} is refused now: its circuit is open.`];
  if (now.circuit === 'isolated') return [`${route} is refused now: it was isolated by hand.`];
  if (now.waitMs <= 0) sentences.push(`${route} is sent at once.`);
  else if (now.waitMs === Infinity) sentences.push(`${route} is never sent: ${describeBlock(scopes, now.waitsFor)}.`);
  else sentences.push(`${route} is not sent at once.`, describeWait(scopes, now));
  if (now.circuit === 'half-open') sentences.push('Its circuit is half open, so the request would be a probe.');
  if (now.withoutEngine !== undefined)
    sentences.push(`The limiter ${now.withoutEngine} may add a wait, which the line does not know.`);
  return [...sentences, ...describeToken(now.token)];
}

function describeWait(scopes: readonly Scope[], now: Explanation['now']): string {
  return `It waits ${duration(now.waitMs)} for ${describeBlock(scopes, now.waitsFor)}.`;
}

/** What holds a request back: a closed gate, a full quota, or the calls that wait before it. */
function describeBlock(scopes: readonly Scope[], waitsFor: string | undefined): string {
  const scope = scopes.find((candidate) => candidate.scope === waitsFor);
  if (!scope) return 'a permit';
  const place = describePlace(scope);
  if (scope.gate === 'closed') return `the gate of ${place}, which a refusal of the platform closed`;
  if (scope.gate === 'probing') return `the probe that tests the gate of ${place}`;
  const full = [...scope.quotas, ...(scope.learned ? [scope.learned] : [])].find(
    ({ limit, used }) => limit !== undefined && used >= limit,
  );
  const before = scope.waiting > 0 ? `, behind ${counted(scope.waiting, 'waiting call')}` : '';
  if (full) return `the quota of ${place} (${describeQuota(full)}, ${count(full.used)} used)${before}`;
  if (scope.kind === 'bulkhead') return `a free place in ${place}${before}`;
  return `a permit of ${place}${before}`;
}

function describeToken(token: string): string[] {
  switch (token) {
    case 'the client has its own':
      return ['The line manages no token: the client sends its own.'];
    case 'valid':
      return ['Its access token is valid.'];
    case 'none':
      return ['The line has no access token yet, and gets one before it sends the request.'];
    default:
      return [`Its access token: ${token}.`];
  }
}

function describeRepeat({ repeatable, policies }: Explanation): string[] {
  const retry = policies.find(({ name }) => name === 'retry')?.options as
    { maxAttempts: number; maxElapsedMs: number; maxRetryAfterMs: number } | undefined;
  if (!retry) return ['It is sent once, because retries are off.'];
  const within = retry.maxElapsedMs === Infinity ? '' : ` within ${duration(retry.maxElapsedMs)}`;
  const attempts = `at most ${counted(retry.maxAttempts, 'attempt')}${within}`;
  const longest =
    retry.maxRetryAfterMs === Infinity
      ? 'It waits as long as the platform asks.'
      : `If the platform asks for a wait above ${duration(retry.maxRetryAfterMs)}, it fails at once and says when to come back.`;
  if (repeatable.safe) return [`A retry is safe, because ${repeatable.because}: ${attempts}.`, longest];
  return [
    `A retry after an unknown outcome is not safe, because ${repeatable.because}: the caller then gets an OutcomeUnknownError.`,
    `After a refusal, or if nothing was sent, it is repeated: ${attempts}.`,
    longest,
  ];
}

function describeScopes(scopes: readonly Scope[]): string[] {
  return scopes.flatMap((scope) => {
    const place = describePlace(scope);
    const known = scope.quotas.map(
      (quota) => `The quota of ${place} is ${describeQuota(quota)}; ${count(quota.used)} used.`,
    );
    if (scope.learned)
      known.push(
        `The line learned a limit of ${place}: ${describeQuota(scope.learned)}; ${count(scope.learned.used)} used.`,
      );
    if (scope.kind === 'bulkhead')
      known.push(
        `${place.charAt(0).toUpperCase()}${place.slice(1)} limits attempts on the wire; ${count(scope.inFlight)} now.`,
      );
    return known;
  });
}

function describePools({ pools }: Explanation): string[] {
  return pools.flatMap(({ name, origin, maxSockets, inUse, waiting, warnings }) => [
    `The pool ${name} for ${origin} has ${maxSockets === undefined || maxSockets === Infinity ? 'no known limit of sockets' : `at most ${counted(maxSockets, 'socket')}`}; ${count(inUse)} in use, ${counted(waiting, 'request')} waiting.`,
    ...warnings.map(({ reason, wanted }) => `Pool ${name}: ${reason}; the line wants ${counted(wanted, 'socket')}.`),
  ]);
}
