import type { DashboardLine, CallsAnswer, CallSummary } from '../../state/types.js';
import { readApi } from '../api.js';
import { fill, h, setText } from '../dom.js';
import { dayTime, plural } from '../format.js';
import { linkTo, type Route } from '../router.js';
import { callTable } from '../widgets/calls.js';

const REFRESH_MS = 1_500;
const FILTERS = [
  'route',
  'tenant',
  'priority',
  'outcome',
  'status',
  'error',
  'scope',
  'minWaitedMs',
  'retried',
  'since',
];
const NAMES: Readonly<Record<string, string>> = {
  minWaitedMs: 'waited at least (ms)',
  retried: 'retried',
  since: 'since',
};
const OUTCOMES = ['', 'ok', 'failed', 'active'];

/** The calls behind a number: a filter and its list. */
export class Calls {
  readonly title = 'Calls';
  readonly #table = callTable('Calls', 'No kept call matches. The process keeps its newest calls only.');
  readonly #chips = h('p', { class: 'chips' });
  readonly #note = h('p', { class: 'panel-note' });
  readonly #route = h('input', {
    type: 'text',
    id: 'filter-route',
    name: 'route',
    autocomplete: 'off',
    spellcheck: 'false',
  });
  readonly #outcome = h(
    'select',
    { id: 'filter-outcome', name: 'outcome' },
    ...OUTCOMES.map((name) => h('option', { value: name }, name === '' ? 'any' : name)),
  );
  readonly #form = h(
    'form',
    { class: 'filter', onsubmit: (event) => this.#apply(event) },
    h('label', { for: 'filter-route' }, 'Route'),
    this.#route,
    h('label', { for: 'filter-outcome' }, 'Outcome'),
    this.#outcome,
    h('button', { type: 'submit' }, 'Show'),
  );
  readonly element = h(
    'div',
    { class: 'view' },
    h('h1', {}, 'Calls'),
    this.#form,
    this.#chips,
    this.#note,
    h('div', { class: 'panel' }, this.#table.element),
  );
  #query = new URLSearchParams();
  #askedAt = 0;
  #isAsking = false;

  open({ query }: Route): void {
    this.#query = query;
    this.#route.value = query.get('route') ?? '';
    this.#outcome.value = query.get('outcome') ?? '';
    const set = FILTERS.filter((name) => query.has(name));
    fill(this.#chips, ...set.map((name) => this.#chip(name)));
    this.#askedAt = 0;
    setText(this.#note, 'Loading…');
  }

  update(line: DashboardLine): void {
    if (this.#isAsking || performance.now() - this.#askedAt < REFRESH_MS) return;
    void this.#load(line.id);
  }

  async #load(line: number): Promise<void> {
    this.#isAsking = true;
    const asked = this.#query;
    const query = new URLSearchParams([...asked].filter(([name]) => FILTERS.includes(name)));
    query.set('line', String(line));
    query.set('limit', '200');
    const answer = await readApi<CallsAnswer>('calls', query);
    this.#isAsking = false;
    this.#askedAt = performance.now();
    // The reader has gone on to another filter.
    if (asked !== this.#query) return;
    if (!answer) return setText(this.#note, 'The list cannot be read now.');
    const calls = asked.get('order') === 'slowest' ? bySlowest(answer.calls) : answer.calls;
    this.#table.update(calls);
    const order = asked.get('order') === 'slowest' ? 'slowest first' : 'newest first';
    setText(this.#note, `${plural(calls.length, 'call')}${calls.length === 200 ? ' or more' : ''}, ${order}`);
  }

  #chip(name: string): HTMLElement {
    const value = this.#query.get(name) ?? '';
    const text = name === 'since' ? dayTime(Number(value)) : value;
    const rest = new URLSearchParams(this.#query);
    rest.delete(name);
    const params = Object.fromEntries([...rest].filter(([key]) => key !== 'line'));
    return h(
      'a',
      {
        class: 'chip',
        href: linkTo('calls', params),
        'aria-label': `Remove the filter ${NAMES[name] ?? name}: ${text}`,
      },
      h('span', { class: 'chip-name' }, NAMES[name] ?? name),
      ` ${text} `,
      h('span', { 'aria-hidden': 'true' }, '×'),
    );
  }

  #apply(event: Event): void {
    event.preventDefault();
    const params = Object.fromEntries([...this.#query].filter(([key]) => key !== 'line'));
    location.hash = linkTo('calls', {
      ...params,
      route: this.#route.value.trim() || undefined,
      outcome: this.#outcome.value || undefined,
    });
  }
}

const bySlowest = (calls: readonly CallSummary[]): CallSummary[] =>
  [...calls].sort((a, b) => (b.durationMs ?? Infinity) - (a.durationMs ?? Infinity));
