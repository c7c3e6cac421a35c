import type { Priority } from '@holdline/core';
import type { DashboardLine } from '../../state/types.js';
import { fill, h, setAttribute, svg } from '../dom.js';
import { count } from '../format.js';
import { linkToCalls } from '../router.js';
import { Table } from '../table.js';
import { panel } from './panel.js';

const PRIORITIES: readonly Priority[] = ['high', 'normal', 'low', 'background'];
const SHOWN_TENANTS = 8;

interface PriorityRow {
  priority: Priority;
  waiting: number;
  /** Part of the longest queue. */
  part: number;
}

interface TenantRow {
  tenant: string;
  waiting: number;
}

const bars = new WeakMap<HTMLElement, SVGElement>();

/** A bar for the length of a queue. */
function drawBar(host: HTMLElement, { part }: PriorityRow): void {
  let bar = bars.get(host);
  if (!bar) {
    bar = svg('rect', { height: 8, rx: 2, class: 'queue-bar' });
    bars.set(host, bar);
    fill(
      host,
      svg(
        'svg',
        { class: 'gauge', viewBox: '0 0 100 8', preserveAspectRatio: 'none', 'aria-hidden': 'true' },
        svg('rect', { width: 100, height: 8, rx: 2, class: 'gauge-track' }),
        bar,
      ),
    );
  }
  setAttribute(bar, 'width', String(Math.round(part * 1000) / 10));
}

/** Waiting calls by priority and by tenant. */
export class Queue {
  readonly #priorities = new Table<PriorityRow>({
    caption: 'Waiting calls by priority',
    empty: '',
    key: ({ priority }) => priority,
    columns: [
      { head: 'Priority', cell: ({ priority }) => ({ text: priority, href: linkToCalls({ priority }) }) },
      { head: 'Share', draw: drawBar },
      {
        head: 'Wait',
        numeric: true,
        cell: ({ priority, waiting }) => ({
          text: count(waiting),
          href: linkToCalls({ priority, outcome: 'active' }),
          class: waiting > 0 ? 'warn' : undefined,
        }),
      },
    ],
  });
  readonly #tenants = new Table<TenantRow>({
    caption: 'Waiting calls by tenant',
    empty: 'No call waits.',
    key: ({ tenant }) => tenant,
    columns: [
      {
        head: 'Tenant',
        cell: ({ tenant }) =>
          tenant === '' ? { text: 'without a tenant' } : { text: tenant, href: linkToCalls({ tenant }) },
      },
      {
        head: 'Wait',
        numeric: true,
        cell: ({ tenant, waiting }) => ({
          text: count(waiting),
          href: linkToCalls({ outcome: 'active', ...(tenant !== '' && { tenant }) }),
        }),
      },
    ],
  });
  readonly element = panel(
    'queue',
    'Queue by priority and tenant',
    h('div', { class: 'queue-body' }, this.#priorities.element, this.#tenants.element),
  );

  update({ queues }: DashboardLine): void {
    const byPriority = PRIORITIES.map((priority) => ({
      priority,
      waiting: queues.reduce((sum, { waiting }) => sum + waiting[priority], 0),
    }));
    const most = Math.max(1, ...byPriority.map(({ waiting }) => waiting));
    this.#priorities.update(byPriority.map((row) => ({ ...row, part: row.waiting / most })));
    const tenants = new Map<string, number>();
    for (const queue of queues)
      for (const { tenant, waiting } of queue.tenants) tenants.set(tenant, (tenants.get(tenant) ?? 0) + waiting);
    const rows = [...tenants].map(([tenant, waiting]) => ({ tenant, waiting })).filter(({ waiting }) => waiting > 0);
    this.#tenants.update(rows.sort((a, b) => b.waiting - a.waiting).slice(0, SHOWN_TENANTS));
  }
}
