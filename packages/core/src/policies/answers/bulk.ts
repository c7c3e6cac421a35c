import type { ActiveCall } from '../../call/call.js';
import { restoreAnswer } from '../../call/restore-answer.js';
import type { CallRequest } from '../../contract/call.js';
import { Cancellation } from '../../contract/cancellation.js';
import { PRIORITIES, type Priority } from '../../contract/context.js';
import type { Outcome } from '../../contract/outcome.js';
import type { Next } from '../../contract/policy.js';
import type { Execution, Step } from '../../pipeline/execution.js';
import { ListAnswer } from './bulk-answer.js';
import { BulkGroup, BulkMember } from './bulk-group.js';
import type { BulkCounts, ResolvedBulk } from './bulk-options.js';
import { type BulkTarget, targetReader } from './bulk-target.js';
import type { AnswerHost, ReadContext } from './host.js';
import { ListLimits } from './list-limits.js';
import { CACHE_DEFAULTS } from './options.js';

/** Largest answer to a list. The items of a longer one are read one by one. */
const MAX_BYTES = 16 * 2 ** 20;

/** Statuses that a shorter list may not get. */
const TOO_LONG: ReadonlySet<number | undefined> = new Set([400, 413, 414]);
/** Statuses of a list that its owner cannot read, or that does not exist. */
const UNREADABLE: ReadonlySet<number | undefined> = new Set([401, 403, 404, 405]);
/** A refused list of so few ids is not split. */
const MIN_SPLIT = 4;

/** What came of a request for a list. */
interface ListResult {
  readonly status: number | undefined;
  /** Whether a shorter list may work. */
  readonly isRefused: boolean;
  readonly answer: ListAnswer | undefined;
}

const NO_RESULT: ListResult = { status: undefined, isRefused: false, answer: undefined };

type Members = ReadonlyMap<string, readonly BulkMember[]>;

/**
 * Answers several single reads from one request for a list. A call that no item answers is sent itself, so that its caller gets the
 * answer of the platform.
 */
export function bulkStep(options: ResolvedBulk, host: AnswerHost, counts: BulkCounts): Step {
  const { clock, events } = host;
  const { parameter, pageSize, withinMs = 0 } = options;
  const readTarget = targetReader(options);
  const limits = new ListLimits(options.max, clock);
  /** The groups whose list is not sent yet. */
  const groups = new Map<string, BulkGroup>();
  return { enter };

  function enter(execution: Execution): Promise<unknown> | undefined {
    const { call } = execution;
    const target = readTarget(call);
    // A call whose budget ends during the wait has no time for it.
    if (!target || call.deadlineAt <= clock.now() + withinMs) return undefined;
    const list = `${host.ownerOf(call)} ${[target.url, ...target.passed].join('&')}`;
    if (limits.maxOf(target.url) < 2 || limits.isOff(list)) return undefined;
    return execution.completeWith(collect(call, target, list, execution.next));
  }

  async function collect(call: ActiveCall, target: BulkTarget, list: string, next: Next): Promise<Outcome> {
    const outcome = await new Promise<Outcome | undefined>((resolve, reject) => {
      call.check();
      join(new BulkMember(call, target, resolve, reject), list);
    });
    return outcome ?? next(call);
  }

  function join(member: BulkMember, list: string): void {
    const { call, target } = member;
    const { headers, form } = call.request;
    // Calls share no list if headers differ on which the answer may depend.
    const key = JSON.stringify([list, form, ...CACHE_DEFAULTS.vary.map((name) => headers.get(name) ?? null)]);
    const max = limits.maxOf(target.url);
    let group = groups.get(key);
    if (group && !group.hasRoomFor(target.id, max)) {
      send(group);
      group = undefined;
    }
    if (!group) {
      const made = (group = new BulkGroup(key, list, target));
      groups.set(key, made);
      made.stopTimer = clock.setTimer(withinMs, () => send(made));
    }
    const joined = group;
    joined.add(member);
    member.stop = call.onGone((reason) => {
      joined.remove(member);
      if (joined.size === 0) close(joined);
      member.leave(reason);
    });
    if (joined.size >= max) send(joined);
  }

  /** Ends the time in which others join. */
  function close(group: BulkGroup): void {
    group.stopTimer?.();
    if (groups.get(group.key) === group) groups.delete(group.key);
  }

  function send(group: BulkGroup): void {
    close(group);
    void readList(group.members, group.list);
  }

  /** Reads the list of some members, and ends their wait. */
  async function readList(members: Members, list: string): Promise<void> {
    const all = [...members.values()].flat();
    const [first] = all;
    // A list of one id saves nothing.
    if (!first || members.size === 1) return sendAlone(all);
    const { call, target } = first;
    const { route, tenant, request } = call;
    const gone = new Cancellation();
    let waiting = all.length;
    for (const member of all) {
      member.stop?.();
      // The list is on its way, so the end of the line does not end the wait. The end of the caller does.
      member.stop = member.call.cancellation?.onCancel((reason) => {
        member.leave(reason);
        if (--waiting === 0) gone.cancel(reason);
      });
    }
    counts.requests++;
    const priority = PRIORITIES[Math.min(...all.map((member) => member.call.priority))] as Priority;
    const ids = [...members.keys()];
    const read = (): CallRequest | undefined => request.variant?.({ url: urlOf(target, ids) });
    // Without an answer, each call gets its own error of the line when it is sent itself.
    const { status, isRefused, answer } = await ask(read, {
      priority,
      tenant,
      signal: gone.signal,
      without: 'all',
    }).catch((): ListResult => NO_RESULT);
    if (answer || isRefused) limits.record(target.url, ids.length, isRefused);
    else if (UNREADABLE.has(status) || (status !== undefined && status < 400)) limits.switchOff(list);
    const rest = all.filter((member) => !member.isGone && !answerFrom(answer, member));
    const answered = all.filter((member) => !member.isGone).length - rest.length;
    const isSplit = isRefused && ids.length >= MIN_SPLIT;
    counts.answered += answered;
    // If no item has the field, the list does not give it to this owner.
    if (answer && answered === 0 && rest.some(({ target: { id, fields } }) => fields.length > 0 && answer.has(id)))
      limits.switchOff(list);
    if (events.has('bulkRead')) {
      const alone = isSplit ? 0 : rest.length;
      const { length: calls } = all;
      events.emit('bulkRead', {
        route: route.name,
        list: options.list,
        ids: ids.length,
        status,
        calls,
        answered,
        alone,
      });
    }
    if (!isSplit) return sendAlone(rest);
    const half = Math.ceil(ids.length / 2);
    for (const part of [ids.slice(0, half), ids.slice(half)]) void readList(pick(members, part), list);
  }

  /** Sends the request for a list. */
  async function ask(makeRead: () => CallRequest | undefined, context: ReadContext): Promise<ListResult> {
    const read = makeRead();
    if (!read) return NO_RESULT;
    try {
      const outcome = await host.read(read, context);
      const { kind, status, value } = outcome;
      const isRead = kind === 'ok' && status === 200;
      const answer = isRead ? ListAnswer.read(outcome, await read.answerBody?.(value, MAX_BYTES), options) : undefined;
      return { status, isRefused: kind === 'rejected' && TOO_LONG.has(status), answer };
    } finally {
      read.discard?.();
    }
  }

  function answerFrom(answer: ListAnswer | undefined, member: BulkMember): boolean {
    const { call, target } = member;
    const kept = answer?.answerFor(target.id, target.fields);
    if (!kept) return false;
    try {
      const outcome = restoreAnswer(call, kept, 'bulk read');
      if (outcome) member.end(outcome);
      return outcome !== undefined;
    } catch {
      return false;
    }
  }

  function sendAlone(members: readonly BulkMember[]): void {
    counts.alone += members.length;
    for (const member of members) member.end(undefined);
  }

  function urlOf({ url, passed }: BulkTarget, ids: readonly string[]): string {
    const size = pageSize === undefined ? [] : [`${encodeURIComponent(pageSize)}=${ids.length}`];
    const joined = ids.map(encodeURIComponent).join(',');
    return `${url}?${[...passed, ...size, `${encodeURIComponent(parameter)}=${joined}`].join('&')}`;
  }
}

/** The members of some ids that still wait. */
function pick(members: Members, ids: readonly string[]): Members {
  const left = ids.map((id) => [id, (members.get(id) ?? []).filter(({ isGone }) => !isGone)] as const);
  return new Map(left.filter(([, same]) => same.length > 0));
}
