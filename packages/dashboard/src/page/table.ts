import { fill, h, setAttribute, showCell, type Cell } from './dom.js';

/** A column of a table. */
export interface Column<Row> {
  head: string;
  /** Numbers are aligned to the right. */
  numeric?: boolean;
  /** Left out on narrow screens. */
  wide?: boolean;
  /** The first column names the row. */
  cell?: (row: Row) => Cell;
  /** Draws a cell that is more than text. */
  draw?: (host: HTMLElement, row: Row) => void;
  /** Makes the column sortable. */
  sort?: (row: Row) => number | string;
  hint?: string;
}

interface Options<Row> {
  caption: string;
  columns: Column<Row>[];
  key: (row: Row) => string;
  /** Shown instead of a table without rows. */
  empty: string;
}

/** A table whose rows stay in place while their cells change. */
export class Table<Row> {
  readonly element = h('div', { class: 'table-wrap' });
  readonly #body = h('tbody');
  readonly #rows = new Map<string, HTMLTableRowElement>();
  readonly #heads: HTMLElement[];
  readonly #table: HTMLTableElement;
  readonly #empty: HTMLElement;
  #sorted: { column: Column<Row>; isDescending: boolean } | undefined;
  #data: readonly Row[] = [];

  constructor(private readonly options: Options<Row>) {
    this.#heads = options.columns.map((column) => this.#makeHead(column));
    this.#table = h(
      'table',
      {},
      h('caption', { class: 'hidden' }, options.caption),
      h('thead', {}, h('tr', {}, ...this.#heads)),
      this.#body,
    );
    this.#empty = h('p', { class: 'empty' }, options.empty);
    this.element.append(this.#empty);
  }

  update(rows: readonly Row[]): void {
    this.#data = rows;
    const isEmpty = rows.length === 0;
    const shown = isEmpty ? this.#empty : this.#table;
    if (this.element.firstChild !== shown) fill(this.element, shown);
    const seen = new Set<string>();
    let at: ChildNode | null = this.#body.firstChild;
    for (const row of this.#inOrder(rows)) {
      const key = this.options.key(row);
      if (seen.has(key)) continue;
      seen.add(key);
      const tr = this.#rows.get(key) ?? this.#makeRow(key);
      this.options.columns.forEach((column, i) => {
        const cell = tr.children[i] as HTMLElement;
        if (column.draw) column.draw(cell, row);
        else if (column.cell) showCell(cell, column.cell(row));
      });
      if (tr === at) at = at.nextSibling;
      // Moving a row takes the focus from its links. The row stays if the focus is in it.
      else if (!tr.isConnected || !tr.contains(document.activeElement)) this.#body.insertBefore(tr, at);
    }
    for (const [key, tr] of this.#rows) {
      if (seen.has(key)) continue;
      tr.remove();
      this.#rows.delete(key);
    }
  }

  #inOrder(rows: readonly Row[]): readonly Row[] {
    const sorted = this.#sorted;
    const { sort } = sorted?.column ?? {};
    if (!sorted || !sort) return rows;
    const sign = sorted.isDescending ? -1 : 1;
    return [...rows].sort((a, b) => {
      const [x, y] = [sort(a), sort(b)];
      return x === y ? 0 : x < y ? -sign : sign;
    });
  }

  #makeHead(column: Column<Row>): HTMLElement {
    const { head, hint, sort } = column;
    const content = sort
      ? h('button', { type: 'button', class: 'sort', title: hint, onclick: () => this.#sortBy(column) }, head)
      : h('span', { title: hint }, head);
    return h('th', { scope: 'col', class: classOf(column) }, content);
  }

  #sortBy(column: Column<Row>): void {
    // Numbers start with the largest one, texts with the first one.
    const isDescending = this.#sorted?.column === column ? !this.#sorted.isDescending : column.numeric === true;
    this.#sorted = { column, isDescending };
    this.options.columns.forEach((other, i) => {
      const order = isDescending ? 'descending' : 'ascending';
      setAttribute(this.#heads[i] as Element, 'aria-sort', other === column ? order : undefined);
    });
    this.update(this.#data);
  }

  #makeRow(key: string): HTMLTableRowElement {
    const cells = this.options.columns.map((column, i) =>
      i === 0 ? h('th', { scope: 'row', class: classOf(column) }) : h('td', { class: classOf(column) }),
    );
    const tr = h('tr', {}, ...cells);
    this.#rows.set(key, tr);
    return tr;
  }
}

function classOf({ numeric, wide }: { numeric?: boolean; wide?: boolean }): string | undefined {
  return [numeric && 'num', wide && 'wide'].filter(Boolean).join(' ') || undefined;
}
