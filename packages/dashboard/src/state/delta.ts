import type { DashboardLine, DashboardState } from './types.js';

/** The changed sections of a state; the data of an event `delta` of `/api/stream`. A line without sections has not changed. */
export interface StateDelta {
  at: number;
  /** Ids of all lines, in their order. A line that is missing here is gone. */
  order: number[];
  lines: ({ id: number } & Partial<DashboardLine>)[];
  notices?: string[];
}

/** Finds the sections of a state that changed since the last look. Sections are compared by their JSON. */
export class DeltaMaker {
  readonly #sections = new Map<number, Map<string, string>>();
  #notices = '[]';

  /** Returns the JSON of the changes, or undefined if nothing changed but the time. */
  next(state: DashboardState): string | undefined {
    const order = state.lines.map(({ id }) => id);
    let changed = this.#forget(order);
    const lines = state.lines.map((line) => {
      const parts = this.#changesOf(line);
      if (parts.length > 0) changed = true;
      return `{"id":${line.id}${parts.map((part) => `,${part}`).join('')}}`;
    });
    const notices = JSON.stringify(state.notices);
    const noticesPart = notices === this.#notices ? '' : `,"notices":${notices}`;
    this.#notices = notices;
    if (!changed && noticesPart === '') return undefined;
    return `{"at":${state.at},"order":${JSON.stringify(order)},"lines":[${lines.join(',')}]${noticesPart}}`;
  }

  /** Forgets lines that are gone. */
  #forget(order: readonly number[]): boolean {
    const gone = [...this.#sections.keys()].filter((id) => !order.includes(id));
    for (const id of gone) this.#sections.delete(id);
    return gone.length > 0;
  }

  #changesOf(line: DashboardLine): string[] {
    let known = this.#sections.get(line.id);
    if (!known) this.#sections.set(line.id, (known = new Map()));
    const parts: string[] = [];
    for (const [name, value] of Object.entries(line)) {
      if (name === 'id') continue;
      const json = JSON.stringify(value) ?? 'null';
      if (known.get(name) === json) continue;
      known.set(name, json);
      parts.push(`${JSON.stringify(name)}:${json}`);
    }
    return parts;
  }
}
