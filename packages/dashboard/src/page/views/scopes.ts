import type { DashboardLine, ScopePage } from '../../state/types.js';
import { readApi } from '../api.js';
import { h, setText } from '../dom.js';
import { count, plural } from '../format.js';
import { linkTo, type Route } from '../router.js';
import { scopeTable } from '../widgets/scopes.js';

const REFRESH_MS = 3_000;
const PAGE = 50;

/** All scopes, with a search and pages. */
export class Scopes {
  readonly title = 'Scopes';
  readonly #table = scopeTable();
  readonly #search = h('input', { type: 'search', id: 'scope-search', autocomplete: 'off', spellcheck: 'false' });
  readonly #note = h('p', { class: 'panel-note', role: 'status' });
  readonly #before = h('a', { class: 'more' }, 'previous page');
  readonly #after = h('a', { class: 'more' }, 'next page');
  readonly element = h(
    'div',
    { class: 'view' },
    h('h1', {}, 'Scopes'),
    h(
      'form',
      { class: 'filter', role: 'search', onsubmit: (event) => this.#apply(event) },
      h('label', { for: 'scope-search' }, 'Search'),
      this.#search,
      h('button', { type: 'submit' }, 'Show'),
    ),
    this.#note,
    h('div', { class: 'panel' }, this.#table.element),
    h('nav', { class: 'pager', 'aria-label': 'Pages of scopes' }, this.#before, this.#after),
  );
  #text = '';
  #offset = 0;
  #askedAt = 0;
  #isAsking = false;

  open({ query }: Route): void {
    this.#text = query.get('search') ?? '';
    this.#offset = Math.max(0, Number(query.get('offset')) || 0);
    this.#search.value = this.#text;
    this.#askedAt = 0;
    this.#before.hidden = this.#offset === 0;
    this.#before.href = this.#linkTo(Math.max(0, this.#offset - PAGE));
    this.#after.hidden = true;
    this.#after.href = this.#linkTo(this.#offset + PAGE);
  }

  update(line: DashboardLine): void {
    if (this.#isAsking || performance.now() - this.#askedAt < REFRESH_MS) return;
    void this.#load(line.id);
  }

  async #load(line: number): Promise<void> {
    this.#isAsking = true;
    const [search, offset] = [this.#text, this.#offset];
    const query = { search, offset: String(offset), limit: String(PAGE), line: String(line) };
    const page = await readApi<ScopePage>('scopes', new URLSearchParams(query));
    this.#isAsking = false;
    this.#askedAt = performance.now();
    if (search !== this.#text || offset !== this.#offset) return;
    if (!page) return setText(this.#note, 'The list cannot be read now.');
    this.#table.update(page.scopes);
    this.#after.hidden = offset + PAGE >= page.total;
    const range = page.scopes.length === 0 ? '' : `${count(offset + 1)} to ${count(offset + page.scopes.length)} of `;
    setText(this.#note, `${range}${plural(page.total, 'scope')}, closed gates first, then by waiting calls and use`);
  }

  #linkTo(offset: number): string {
    return linkTo('scopes', { search: this.#text || undefined, offset: offset || undefined });
  }

  #apply(event: Event): void {
    event.preventDefault();
    location.hash = linkTo('scopes', { search: this.#search.value.trim() || undefined });
  }
}
