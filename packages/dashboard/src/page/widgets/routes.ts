import type { CallFilter, RouteTotals } from '@holdline/monitor';
import type { DashboardLine } from '../../state/types.js';
import { h, type Cell } from '../dom.js';
import { count, duration, percent } from '../format.js';
import { linkTo, linkToCalls } from '../router.js';
import { Table, type Column } from '../table.js';
import { panel } from './panel.js';

const routeColumn: Column<RouteTotals> = {
  head: 'Route',
  sort: ({ route }) => route,
  cell: ({ route }) => ({ text: route, href: linkToCalls({ route }), class: 'route' }),
};

/** A number with a link to its calls. A number above 0 is coloured. */
function countCell(route: string, value: number, filter: CallFilter, style?: string): Cell {
  return { text: count(value), href: linkToCalls({ route, ...filter }), class: value > 0 ? style : undefined };
}

const number = (
  head: string,
  hint: string,
  read: (row: RouteTotals) => number,
  filter: CallFilter,
  more: Partial<Column<RouteTotals>> & { style?: string } = {},
): Column<RouteTotals> => ({
  head,
  hint,
  numeric: true,
  sort: read,
  cell: (row) => countCell(row.route, read(row), filter, more.style),
  ...(more.wide && { wide: true }),
});

const time = (head: 'p50' | 'p95' | 'p99', wide: boolean): Column<RouteTotals> => ({
  head,
  hint: `Time of a call, ${head}`,
  numeric: true,
  wide,
  sort: (row) => row[head] ?? 0,
  cell: (row) => ({ text: duration(row[head]), href: linkTo('calls', { route: row.route, order: 'slowest' }) }),
});

/** All routes with their totals. */
export class Endpoints {
  readonly #table = new Table<RouteTotals>({
    caption: 'Endpoints, totals since the start',
    empty: 'No call yet.',
    key: ({ route }) => route,
    columns: [
      routeColumn,
      number('Calls', 'Calls that ended', ({ calls }) => calls, {}),
      {
        head: 'Failed',
        hint: 'Calls that failed',
        numeric: true,
        sort: ({ calls, failed }) => (calls > 0 ? failed / calls : 0),
        cell: ({ route, calls, failed }) => ({
          ...countCell(route, failed, { outcome: 'failed' }, 'bad'),
          title: `${percent(calls > 0 ? failed / calls : undefined)} of the calls`,
        }),
      },
      number('Attempts', 'Requests on the wire', ({ attempts }) => attempts, {}, { wide: true }),
      number(
        'Refused',
        'Attempts that the platform refused',
        ({ refusals }) => refusals,
        { status: 429 },
        { style: 'warn' },
      ),
      number('Retries', 'Repeated attempts', ({ retries }) => retries, { retried: true }, { wide: true }),
      {
        head: 'Waited',
        hint: 'Mean wait of a call, in the queue and before retries',
        numeric: true,
        wide: true,
        sort: ({ calls, waitedMs }) => (calls > 0 ? waitedMs / calls : 0),
        cell: ({ route, calls, waitedMs }) => ({
          text: duration(calls > 0 ? waitedMs / calls : undefined),
          href: linkToCalls({ route, minWaitedMs: 1 }),
        }),
      },
      time('p50', true),
      time('p95', false),
      time('p99', true),
    ],
  });
  readonly element = panel('endpoints', 'Endpoints', this.#table.element);

  update({ routes }: DashboardLine): void {
    this.#table.update(routes);
  }
}

interface ReasonRow {
  key: string;
  what: string;
  n: number;
  href: string | undefined;
}

/** What the platform refused by route, what the line refused itself, and why attempts were repeated. */
export class Refusals {
  readonly #routes = new Table<RouteTotals>({
    caption: 'Refusals by route',
    empty: 'The platform refused no attempt.',
    key: ({ route }) => route,
    columns: [
      routeColumn,
      number(
        'Refused',
        'Attempts answered 429, or 503 with a requested wait',
        ({ refusals }) => refusals,
        { status: 429 },
        { style: 'warn' },
      ),
      number(
        'By the line',
        'Calls that the line refused itself',
        ({ rejected }) => rejected,
        { outcome: 'failed' },
        { style: 'bad' },
      ),
    ],
  });
  readonly #reasons = new Table<ReasonRow>({
    caption: 'Reasons',
    empty: 'No call was refused, repeated or given up.',
    key: ({ key }) => key,
    columns: [
      { head: 'Reason', cell: ({ what, href }) => ({ text: what, href }) },
      { head: 'Number', numeric: true, cell: ({ n, href }) => ({ text: count(n), href }) },
    ],
  });
  readonly element = panel(
    'refusals',
    'Refusals by route',
    this.#routes.element,
    h('h3', {}, 'Reasons'),
    this.#reasons.element,
  );

  update({ routes, totals }: DashboardLine): void {
    const refused = routes.filter(({ refusals, rejected }) => refusals + rejected > 0);
    this.#routes.update(refused.sort((a, b) => b.refusals + b.rejected - a.refusals - a.rejected).slice(0, 8));
    const rows: ReasonRow[] = [];
    const add = (kind: string, what: string, n: number | undefined, href: string): void => {
      if (n) rows.push({ key: `${kind} ${what}`, what: `${kind}: ${what}`, n, href });
    };
    for (const [code, n] of Object.entries(totals.rejectedBy))
      add('refused by the line', code, n, linkToCalls({ error: code as CallFilter['error'] & string }));
    for (const [reason, n] of Object.entries(totals.retriesBy))
      add('retried', reason, n, linkToCalls({ retried: true }));
    for (const [reason, n] of Object.entries(totals.gaveUpBy))
      add('given up', reason, n, linkToCalls({ outcome: 'failed' }));
    this.#reasons.update(rows.sort((a, b) => b.n - a.n).slice(0, 8));
  }
}
