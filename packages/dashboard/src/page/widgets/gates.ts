import { describeScope } from '@holdline/monitor';
import type { BreakerView, DashboardLine, GateView } from '../../state/types.js';
import { h, setText } from '../dom.js';
import { clockTime, count, plural } from '../format.js';
import { linkToCall, linkToCalls } from '../router.js';
import { Table } from '../table.js';
import { panel } from './panel.js';

/** Closed gates with their countdowns. */
export class Gates {
  readonly #table = new Table<GateView>({
    caption: 'Closed gates',
    empty: 'No gate is closed. The platform requested no wait.',
    key: ({ scope }) => scope,
    columns: [
      {
        head: 'Scope',
        cell: ({ scope }) => ({ text: describeScope(scope), href: linkToCalls({ scope }), title: scope }),
      },
      {
        head: 'Opens',
        cell: ({ state, retryAt }) =>
          state === 'probing'
            ? { text: 'probe on the wire', class: 'warn' }
            : { text: 'in ', until: retryAt, class: 'warn' },
      },
      {
        head: 'Closed by',
        cell: ({ by, closedAt }) => {
          const at = closedAt === undefined ? '' : ` at ${clockTime(closedAt)}`;
          return by
            ? { text: `${by.status ?? 'a refusal'} on ${by.route}${at}`, href: linkToCall(by.callId) }
            : { text: `another process or the adapter${at}` };
        },
      },
      {
        head: 'Wait',
        numeric: true,
        hint: 'Calls that wait and need a permit of the scope',
        cell: ({ scope, waiting }) => ({ text: count(waiting), href: linkToCalls({ scope, outcome: 'active' }) }),
      },
    ],
  });
  readonly element = panel('gates', 'Closed gates', this.#table.element);

  update({ gates }: DashboardLine): void {
    this.#table.update(gates);
  }
}

const STATE_CLASS: Readonly<Record<BreakerView['state'], string>> = {
  closed: 'state fine',
  open: 'state bad',
  isolated: 'state bad',
  'half-open': 'state warn',
};

const SHOWN_BREAKERS = 12;

/** Circuit breakers with the results in their windows. */
export class Breakers {
  readonly #table = new Table<BreakerView>({
    caption: 'Circuit breakers',
    empty: 'No circuit is open.',
    key: ({ scope }) => scope,
    columns: [
      {
        head: 'Circuit',
        cell: ({ scope, route }) => ({
          text: route,
          href: linkToCalls({ route }),
          title: describeScope(scope),
          class: 'route',
        }),
      },
      {
        head: 'State',
        cell: ({ state, retryAt }) =>
          state === 'open' && retryAt !== undefined
            ? { text: 'open, probe in ', until: retryAt, class: STATE_CLASS.open }
            : { text: state, class: STATE_CLASS[state] },
      },
      {
        head: 'OK',
        numeric: true,
        wide: true,
        hint: 'Successful attempts in the window',
        cell: ({ route, succeeded }) => ({ text: count(succeeded), href: linkToCalls({ route, outcome: 'ok' }) }),
      },
      {
        head: 'Failed',
        numeric: true,
        hint: 'Failed attempts in the window',
        cell: ({ route, failed }) => ({
          text: count(failed),
          href: linkToCalls({ route, outcome: 'failed' }),
          class: failed > 0 ? 'bad' : undefined,
        }),
      },
      {
        head: '429',
        numeric: true,
        hint: 'Refused attempts in the window',
        cell: ({ route, throttled }) => ({
          text: count(throttled),
          href: linkToCalls({ route, status: 429 }),
          class: throttled > 0 ? 'warn' : undefined,
        }),
      },
    ],
  });
  readonly #quiet = h('p', { class: 'panel-note', id: 'breakers-quiet' });
  readonly element = panel('breakers', 'Circuit breakers', this.#table.element, this.#quiet);

  /** Circuits without a failure take one line together. */
  update({ breakers }: DashboardLine): void {
    const isQuiet = ({ state, failed, throttled }: BreakerView): boolean =>
      state === 'closed' && failed + throttled === 0;
    const loud = breakers.filter((breaker) => !isQuiet(breaker)).slice(0, SHOWN_BREAKERS);
    this.#table.update(loud);
    const quiet = breakers.length - loud.length;
    const noun = loud.length > 0 ? 'more circuit' : 'circuit';
    setText(this.#quiet, quiet > 0 ? `${plural(quiet, noun)} closed, without a failure` : '');
  }
}
