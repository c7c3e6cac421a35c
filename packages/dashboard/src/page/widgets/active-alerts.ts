import type { Alert } from '@holdline/monitor';
import type { DashboardLine } from '../../state/types.js';
import type { Cell } from '../dom.js';
import { clockTime, duration, utc } from '../format.js';
import { linkToCalls } from '../router.js';
import { Table, type Column } from '../table.js';
import { panel } from './panel.js';

const STATE_CLASS = { critical: 'state bad', warning: 'state warn', info: 'state' } as const;

const textCell = ({ text, calls, subject }: Alert): Cell => ({
  text,
  title: subject,
  href: calls ? linkToCalls(calls) : undefined,
});

const columns: Column<Alert>[] = [
  { head: 'Alert', cell: textCell },
  {
    head: 'Severity',
    sort: ({ severity }) => severity,
    cell: ({ severity }) => ({ text: severity, class: STATE_CLASS[severity] }),
  },
  {
    head: 'Since',
    sort: ({ raisedAt }) => raisedAt,
    cell: ({ raisedAt }) => ({ text: clockTime(raisedAt), title: utc(raisedAt) }),
  },
];

const resolved: Column<Alert> = {
  head: 'Resolved',
  cell: ({ raisedAt, resolvedAt }) =>
    resolvedAt === undefined
      ? { text: 'active', class: 'state warn' }
      : { text: `after ${duration(resolvedAt - raisedAt)}`, title: utc(resolvedAt) },
};

/** A table of all alerts. */
export const alertTable = (): Table<Alert> =>
  new Table<Alert>({
    caption: 'Alerts, newest first',
    empty: 'No alert was raised.',
    key: ({ id, raisedAt }) => `${id} ${raisedAt}`,
    columns: [...columns, resolved],
  });

/** Alerts that are not resolved. */
export class ActiveAlerts {
  readonly #table = new Table<Alert>({
    caption: 'Active alerts',
    empty: 'No alert is active.',
    key: ({ id }) => id,
    columns,
  });
  readonly element = panel('active-alerts', 'Active alerts', this.#table.element);

  update({ alerts }: DashboardLine): void {
    const active = alerts.filter(({ resolvedAt }) => resolvedAt === undefined);
    const order = { critical: 0, warning: 1, info: 2 };
    this.#table.update(active.sort((a, b) => order[a.severity] - order[b.severity]).slice(0, 8));
  }
}
