import { Chunks } from './chunks.js';
import { RowTable } from './row-table.js';

/** Largest number of tables. */
const MAX_TABLES = 0xffff;

/** All rows in memory. */
export class Tables {
  readonly chunks = new Chunks();
  readonly #byName = new Map<string, RowTable>();

  get all(): readonly RowTable[] {
    return [...this.#byName.values()];
  }

  /** The table of a name. `onNew` is called for a new one. */
  open(name: string, onNew?: (table: RowTable) => void): RowTable {
    const known = this.#byName.get(name);
    if (known) return known;
    if (this.#byName.size === MAX_TABLES) throw new RangeError(`the file store has ${MAX_TABLES} tables already`);
    const table = new RowTable(name, this.#byName.size, this.chunks);
    this.#byName.set(name, table);
    onNew?.(table);
    return table;
  }
}
