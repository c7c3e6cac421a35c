import { describeScope, describeSource } from '@holdline/monitor';
import type { CallSummary, DashboardLine } from '../../state/types.js';
import { type Cell, h } from '../dom.js';
import { clockTime, count, duration, NONE, utc } from '../format.js';
import { linkTo, linkToCall } from '../router.js';
import { Table, type Column } from '../table.js';
import { addToHead, panel } from './panel.js';

/** What a call does now, or how it ended. */
function resultOf(call: CallSummary): Cell {
  const { outcome, status, error, doing, waitsFor, nextAt, attempts, answeredBy } = call;
  if (outcome === 'ok')
    return {
      text: answeredBy ? `${status ?? 'ok'} from ${describeSource(answeredBy)}` : String(status ?? 'ok'),
      class: 'state fine',
    };
  if (outcome === 'failed')
    return { text: error ?? (status === undefined ? 'no answer' : String(status)), class: 'state bad' };
  const scope = waitsFor === undefined ? '' : ` of ${describeScope(waitsFor)}`;
  if (doing === 'waits for its retry' || (doing === 'waits for a permit' && nextAt !== undefined))
    return { text: `attempt ${attempts + 1} in `, until: nextAt, class: 'state warn', title: `${doing}${scope}` };
  return {
    text: doing === undefined ? 'active' : `${doing}${scope}`,
    class: doing === 'on the wire' ? 'state' : 'state warn',
  };
}

const columns: Column<CallSummary>[] = [
  {
    head: 'Began',
    sort: ({ startedAt }) => startedAt,
    cell: ({ callId, startedAt }) => ({
      text: clockTime(startedAt),
      title: utc(startedAt),
      href: linkToCall(callId),
      class: 'num',
    }),
  },
  {
    head: 'Route',
    sort: ({ route }) => route,
    cell: ({ callId, route }) => ({ text: route, class: 'route', href: linkToCall(callId) }),
  },
  { head: 'Result', cell: resultOf },
  { head: 'Tenant', wide: true, sort: ({ tenant }) => tenant ?? '', cell: ({ tenant }) => ({ text: tenant ?? NONE }) },
  { head: 'Priority', wide: true, sort: ({ priority }) => priority, cell: ({ priority }) => ({ text: priority }) },
  {
    head: 'Attempts',
    numeric: true,
    wide: true,
    sort: ({ attempts }) => attempts,
    cell: ({ attempts }) => ({ text: count(attempts), class: attempts > 1 ? 'warn' : undefined }),
  },
  {
    head: 'Waited',
    numeric: true,
    wide: true,
    sort: ({ waitedMs }) => waitedMs,
    cell: ({ waitedMs }) => ({ text: duration(waitedMs) }),
  },
  {
    head: 'Time',
    numeric: true,
    sort: ({ durationMs }) => durationMs ?? Infinity,
    cell: ({ durationMs }) => ({ text: duration(durationMs) }),
  },
];

/** A table of calls. */
export const callTable = (caption: string, empty: string): Table<CallSummary> =>
  new Table<CallSummary>({ caption, empty, key: ({ callId }) => String(callId), columns });

/** The newest calls. */
export class RecentCalls {
  readonly #table = callTable('Newest calls', 'No call yet.');
  readonly element = panel('recent', 'Newest calls', this.#table.element);
  readonly #all = h('a', { class: 'more' }, 'all calls');

  constructor() {
    addToHead(this.element, this.#all);
  }

  update({ recent }: DashboardLine): void {
    this.#all.href = linkTo('calls');
    this.#table.update(recent);
  }
}
