import { describeScope } from '@holdline/monitor';
import type { DashboardLine, ScopeView } from '../../state/types.js';
import { fill, h, setText } from '../dom.js';
import { count, percent, plural, windowName } from '../format.js';
import { linkTo, linkToCalls } from '../router.js';
import { Table, type Column } from '../table.js';
import { Gauge, levelOf } from './gauge.js';
import { addToHead, panel } from './panel.js';

const gauges = new WeakMap<HTMLElement, { gauge: Gauge; text: HTMLElement }>();

/** The quota of a scope that is used most. */
function fullest({ quotas }: ScopeView): ScopeView['quotas'][number] | undefined {
  const useOf = ({ used, limit }: ScopeView['quotas'][number]): number => (limit ? used / limit : -1);
  return quotas.reduce<ScopeView['quotas'][number] | undefined>(
    (most, quota) => (!most || useOf(quota) > useOf(most) ? quota : most),
    undefined,
  );
}

function drawUse(host: HTMLElement, scope: ScopeView): void {
  let parts = gauges.get(host);
  if (!parts) {
    parts = { gauge: new Gauge(), text: h('span', { class: 'gauge-text num' }) };
    gauges.set(host, parts);
    fill(host, h('div', { class: 'gauge-row' }, parts.gauge.element, parts.text));
  }
  const quota = fullest(scope);
  const use = quota?.limit ? quota.used / quota.limit : 0;
  parts.gauge.update(use);
  parts.gauge.element.classList.toggle('unknown', quota?.limit === undefined);
  parts.gauge.element.classList.toggle('none', !quota);
  const limit = quota?.limit;
  setText(
    parts.text,
    !quota
      ? 'no quota'
      : limit === undefined
        ? `${count(quota.used)}, limit not known yet`
        : `${count(quota.used)} of ${count(limit)} per ${windowName(quota.windowMs)}`,
  );
  parts.text.title =
    quota?.limit === undefined ? '' : `${percent(use)} used${scope.learned ? '; learned from refusals' : ''}`;
  parts.text.classList.toggle('bad', levelOf(use) === 'full');
}

const columns = (): Column<ScopeView>[] => [
  { head: 'Scope', cell: ({ scope }) => ({ text: describeScope(scope), href: linkToCalls({ scope }), title: scope }) },
  { head: 'Use', draw: drawUse },
  {
    head: 'On the wire',
    numeric: true,
    wide: true,
    cell: ({ scope, inFlight }) => ({ text: count(inFlight), href: linkToCalls({ scope, outcome: 'active' }) }),
  },
  {
    head: 'Wait',
    numeric: true,
    hint: 'Calls that wait and need a permit of the scope',
    cell: ({ scope, waiting }) => ({
      text: count(waiting),
      href: linkToCalls({ scope, outcome: 'active' }),
      class: waiting > 0 ? 'warn' : undefined,
    }),
  },
  {
    head: 'Gate',
    wide: true,
    cell: ({ gate, retryAt }) =>
      gate === 'closed' && retryAt !== undefined
        ? { text: 'opens in ', until: retryAt, class: 'state warn' }
        : { text: gate, class: gate === 'open' ? 'state fine' : 'state warn' },
  },
];

/** A table of scopes with their gauges. */
export const scopeTable = (): Table<ScopeView> =>
  new Table<ScopeView>({
    caption: 'Quotas by scope',
    empty: 'No scope has been used yet.',
    key: ({ scope }) => scope,
    columns: columns(),
  });

const SHOWN = 10;

/** The most important scopes. */
export class Quotas {
  readonly #table = scopeTable();
  readonly #more = h('a', { class: 'more' });
  readonly element = panel('quotas', 'Quotas by scope', this.#table.element);

  constructor() {
    addToHead(this.element, this.#more);
  }

  update({ scopes }: DashboardLine): void {
    const limited = scopes.scopes.filter(({ quotas, gate }) => quotas.length > 0 || gate !== 'open');
    this.#table.update((limited.length > 0 ? limited : scopes.scopes).slice(0, SHOWN));
    setText(this.#more, `all ${plural(scopes.total, 'scope')}`);
    this.#more.href = linkTo('scopes');
  }
}
