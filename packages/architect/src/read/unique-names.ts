/** Makes names unique by a number: `case`, `case 2`, `case 3`. */
export class UniqueNames {
  readonly #counts = new Map<string, number>();

  take(wanted: string): string {
    const count = (this.#counts.get(wanted) ?? 0) + 1;
    this.#counts.set(wanted, count);
    if (count === 1) return wanted;
    const unique = `${wanted} ${count}`;
    return this.#counts.has(unique) ? this.take(wanted) : this.take(unique);
  }
}
