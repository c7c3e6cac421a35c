import type { DashboardLine } from '../../state/types.js';
import { h } from '../dom.js';
import { ActiveAlerts } from '../widgets/active-alerts.js';
import { RecentCalls } from '../widgets/calls.js';
import { Charts } from '../widgets/charts.js';
import { Breakers, Gates } from '../widgets/gates.js';
import { Glance } from '../widgets/glance.js';
import { Fleet, Keeping, Tokens } from '../widgets/keeping.js';
import { Queue } from '../widgets/queue.js';
import { Endpoints, Refusals } from '../widgets/routes.js';
import { Quotas } from '../widgets/scopes.js';

interface Widget {
  readonly element: HTMLElement;
  update(line: DashboardLine, now: number): void;
}

const column = (...widgets: Widget[]): HTMLElement =>
  h('div', { class: 'column' }, ...widgets.map(({ element }) => element));

/** The first view: everything at one glance, then in detail. */
export class Overview {
  readonly title = 'Overview';
  readonly element: HTMLElement;
  readonly #charts = new Charts();
  readonly #widgets: Widget[];

  constructor() {
    const glance = new Glance();
    const [gates, alerts, quotas, queue] = [new Gates(), new ActiveAlerts(), new Quotas(), new Queue()];
    const [breakers, refusals, endpoints] = [new Breakers(), new Refusals(), new Endpoints()];
    const [recent, tokens, keeping, fleet] = [new RecentCalls(), new Tokens(), new Keeping(), new Fleet()];
    this.#widgets = [
      glance,
      gates,
      alerts,
      quotas,
      queue,
      breakers,
      refusals,
      endpoints,
      recent,
      tokens,
      keeping,
      fleet,
    ];
    this.element = h(
      'div',
      { class: 'overview' },
      h('h1', { class: 'hidden' }, 'Overview'),
      glance.element,
      h('div', { class: 'columns' }, column(gates, quotas, queue), column(alerts, breakers)),
      this.#charts.element,
      h('div', { class: 'columns' }, column(endpoints, recent), column(refusals, tokens, fleet, keeping)),
    );
  }

  update(line: DashboardLine, now: number): void {
    for (const widget of this.#widgets) widget.update(line, now);
    this.#charts.show(line.id);
  }

  redraw(): void {
    this.#charts.redraw();
  }

  hide(): void {
    this.#charts.hide();
  }
}
