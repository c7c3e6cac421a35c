import type { DashboardLine } from '../../state/types.js';
import { h } from '../dom.js';
import { alertTable } from '../widgets/active-alerts.js';

/** Active and recent alerts. */
export class Alerts {
  readonly title = 'Alerts';
  readonly #table = alertTable();
  readonly element = h(
    'div',
    { class: 'view' },
    h('h1', {}, 'Alerts'),
    h('div', { class: 'panel' }, this.#table.element),
  );

  update({ alerts }: DashboardLine): void {
    this.#table.update(alerts);
  }
}
