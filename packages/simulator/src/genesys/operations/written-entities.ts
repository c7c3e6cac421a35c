import { BoundedMap } from '../../bounded-map.js';
import { MAX_ENTITIES } from '../../platform/collection.js';

/** Largest length of all stored entities together, in characters. The oldest is deleted first. */
const MAX_LENGTH = 32_000_000;

/** What clients wrote, by path, as JSON. */
export class WrittenEntities {
  readonly #written = new Map<string, string>();
  readonly #deleted = new BoundedMap<string, true>(MAX_ENTITIES);
  #length = 0;

  get(path: string): string | undefined {
    return this.#written.get(path);
  }

  isDeleted(path: string): boolean {
    return this.#deleted.size > 0 && this.#deleted.has(path);
  }

  set(path: string, json: string): void {
    this.forget(path);
    this.#deleted.delete(path);
    this.#written.set(path, json);
    this.#length += path.length + json.length;
    for (const oldest of this.#written.keys()) {
      if (this.#length <= MAX_LENGTH) break;
      this.forget(oldest);
    }
  }

  delete(path: string): void {
    this.forget(path);
    this.#deleted.set(path, true);
  }

  /** Deletes what was written, as if nobody had written it. */
  forget(path: string): void {
    const json = this.#written.get(path);
    if (json === undefined) return;
    this.#written.delete(path);
    this.#length -= path.length + json.length;
  }
}
