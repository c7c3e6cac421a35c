import type { LeaseReply, LeaseRequest, Interval, SharedQuota } from '@holdline/core';

/** How long all processes have to report to a new ledger what they spent, ms. */
const SETTLE_MS = 250;
/** A process that made no exchange for this long is not counted any more, ms. */
const PRESENT_MS = 300_000;

/** Encodes a request as the arguments of the exchange script, in the order in which `ledger/arguments.ts` reads them. */
export function encodeRequest(quota: SharedQuota, request: LeaseRequest, channel: string): string[] {
  const { moves, refusal, edge, estimate } = request;
  const { windowMs, tickMs, validMs, graceMs, horizonMs } = quota;
  return [
    encodeLimit(quota.limit),
    ...[windowMs, tickMs, validMs, graceMs, horizonMs].map(String),
    request.process,
    request.ledger,
    String(request.batch),
    String(request.demand),
    String(request.atOnce),
    request.leaving ? '1' : '0',
    request.returning ? '1' : '0',
    String(SETTLE_MS),
    String(PRESENT_MS),
    channel,
    quota.scope,
    quota.enforcement,
    encodeLimit(quota.burst ?? Infinity),
    refusal ? refusal.sentAt.toFixed(3) : '-1',
    ...encodeInterval(refusal?.until),
    ...encodeInterval(edge),
    estimate?.counts ?? '',
    ...encodeInterval(estimate?.edge),
    encodeLimit(estimate?.limit ?? Infinity),
    encodeTrialRight(request),
    String(moves.length / 3),
    ...moves.map(String),
    request.trial ?? '',
  ];
}

/** Decodes the reply of the exchange script. */
export function decodeReply(reply: readonly (string | number)[]): LeaseReply {
  const [ledger, now, processes, contended, limit, askAt, counts, from, to, isTrial, ...lent] = reply;
  const permits = [];
  for (let i = 0; i + 2 < lent.length; i += 3)
    permits.push({ from: Number(lent[i]), count: Number(lent[i + 1]), freeAtTick: Number(lent[i + 2]) });
  return {
    ledger: String(ledger),
    now: Number(now),
    processes: Number(processes),
    contended: Number(contended) === 1,
    limit: Number(limit) < 0 ? Infinity : Number(limit),
    askAt: Number(askAt),
    counts: counts === '' ? undefined : (counts as LeaseReply['counts']),
    edge: Number(to) < 0 ? undefined : { from: Number(from), to: Number(to) },
    isTrial: Number(isTrial) === 1,
    permits,
  };
}

/** `0`: no trial. `1`: a counting trial, or an edge trial. `2`: only an edge trial, because answers may name an edge. */
function encodeTrialRight({ mayRunTrial, mayLearnEdge }: LeaseRequest): '0' | '1' | '2' {
  if (!mayRunTrial) return '0';
  return mayLearnEdge ? '2' : '1';
}

function encodeInterval(interval: Interval | undefined): string[] {
  return interval ? [interval.from.toFixed(3), interval.to.toFixed(3)] : ['-1', '-1'];
}

function encodeLimit(limit: number): string {
  return limit === Infinity ? '-1' : String(limit);
}
