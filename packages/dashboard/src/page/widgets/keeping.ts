import type { BudgetSnapshot } from '@holdline/core';
import { describeScope } from '@holdline/monitor';
import type { DashboardLine, FleetView, TokenView } from '../../state/types.js';
import { h, showCell } from '../dom.js';
import { clockTime, count, NONE, percent, utc, windowName } from '../format.js';
import { linkToCalls } from '../router.js';
import { Table } from '../table.js';
import { panel } from './panel.js';

/** Access tokens by credential. */
export class Tokens {
  readonly #table = new Table<TokenView>({
    caption: 'Access tokens',
    empty: 'This line manages no access token.',
    key: ({ credential }) => credential ?? '',
    columns: [
      {
        head: 'Credential',
        cell: ({ credential }) => ({ text: credential === undefined ? 'of the line' : credential }),
      },
      {
        head: 'State',
        cell: ({ state, refreshing, setAside }) => {
          if (refreshing) return { text: 'being renewed', class: 'state warn' };
          if (setAside) return { text: 'set aside', class: 'state warn' };
          return { text: state, class: state === 'valid' ? 'state fine' : 'state bad' };
        },
      },
      {
        head: 'Epoch',
        numeric: true,
        wide: true,
        hint: 'Generation of the token',
        cell: ({ epoch }) => ({ text: count(epoch) }),
      },
      {
        head: 'Since',
        wide: true,
        cell: ({ since }) => (since === undefined ? { text: NONE } : { text: clockTime(since), title: utc(since) }),
      },
      {
        head: 'Renewed',
        cell: ({ renewsAt, expiresAt }) => {
          const at = renewsAt ?? expiresAt;
          return at === undefined
            ? { text: NONE }
            : { text: renewsAt === undefined ? 'expires in ' : 'in ', until: at, class: 'plain' };
        },
      },
    ],
  });
  readonly #counts = h('p', { class: 'panel-note' });
  readonly element = panel('tokens', 'Access tokens', this.#table.element, this.#counts);

  update({ tokens, totals }: DashboardLine): void {
    this.#table.update(tokens);
    const { tokenRefreshes, tokenRefreshFailures } = totals;
    showCell(this.#counts, { text: `${count(tokenRefreshes)} renewed, ${count(tokenRefreshFailures)} failed` });
  }
}

/** Dead letters, calls saved, retry budgets: what the line keeps. */
export class Keeping {
  readonly #values = new Map<string, HTMLElement>();
  readonly #budgets = new Table<BudgetSnapshot>({
    caption: 'Retry budgets by host',
    empty: 'No host had a retry.',
    key: ({ host }) => host,
    columns: [
      { head: 'Retry budget of', cell: ({ host }) => ({ text: host, href: linkToCalls({ retried: true }) }) },
      {
        head: 'Left',
        numeric: true,
        cell: ({ left, capacity }) => ({
          text: `${count(Math.floor(left))} of ${count(capacity)}`,
          title: percent(capacity > 0 ? left / capacity : undefined),
          class: left < 1 ? 'bad' : undefined,
        }),
      },
    ],
  });
  readonly element = panel(
    'letters',
    'Dead letters and retries',
    h(
      'dl',
      { class: 'facts' },
      this.#fact('kept', 'Dead letters'),
      this.#fact('replayed', 'Replayed'),
      this.#fact('lost', 'Lost'),
      this.#fact('saved', 'Calls saved'),
    ),
    this.#budgets.element,
  );

  update({ deadLetters, totals, retryBudgets }: DashboardLine): void {
    const failed = linkToCalls({ outcome: 'failed' });
    this.#show('kept', deadLetters.kept, deadLetters.kept > 0 ? 'warn' : undefined, failed);
    this.#show('replayed', deadLetters.replayed, undefined, linkToCalls({ outcome: 'ok' }));
    this.#show('lost', deadLetters.lost, deadLetters.lost > 0 ? 'bad' : undefined, failed);
    this.#show('saved', totals.saved, undefined, linkToCalls({ outcome: 'ok' }));
    this.#budgets.update(retryBudgets.slice(0, 8));
  }

  #fact(key: string, name: string): HTMLElement {
    const value = h('dd', { class: 'num', id: `fact-${key}` });
    this.#values.set(key, value);
    return h('div', {}, h('dt', {}, name), value);
  }

  #show(key: string, value: number, style: string | undefined, href: string): void {
    showCell(this.#values.get(key) as HTMLElement, { text: count(value), class: style, href });
  }
}

/** Quotas that several processes share through a store. */
export class Fleet {
  readonly #table = new Table<FleetView>({
    caption: 'Shared quotas',
    empty: 'This line shares no quota with other processes.',
    key: ({ scope, windowMs }) => `${scope} ${windowMs}`,
    columns: [
      {
        head: 'Scope',
        cell: ({ scope }) => ({ text: describeScope(scope), href: linkToCalls({ scope }), title: scope }),
      },
      {
        head: 'Store',
        cell: ({ isLost }) =>
          isLost ? { text: 'lost', class: 'state bad' } : { text: 'connected', class: 'state fine' },
      },
      { head: 'Processes', numeric: true, cell: ({ processes }) => ({ text: count(processes) }) },
      {
        head: 'Limit',
        numeric: true,
        hint: 'Limit of all processes together',
        cell: ({ limit, windowMs }) => ({
          text: limit === undefined ? NONE : `${count(limit)} per ${windowName(windowMs)}`,
        }),
      },
    ],
  });
  readonly element = panel('fleet', 'Fleet', this.#table.element);

  update({ fleet }: DashboardLine): void {
    this.#table.update(fleet.slice(0, 8));
  }
}
