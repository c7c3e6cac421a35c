import { BoundedMap } from '../bounded-map.js';

/** Any stored thing of an API: plain JSON with an id. */
export interface Entity {
  id: string;
  [key: string]: unknown;
}

/** Maximum number of entities per collection. The oldest is deleted first. */
export const MAX_ENTITIES = 100_000;

/** Ids that begin with this never exist, also in a collection that answers any id. */
export const MISSING_PREFIX = 'missing-';

interface CollectionOptions {
  /**
   * Any id that was not deleted gets an answer, built from the defaults, so that tests can use their own ids. Ids that
   * begin with `missing-` get none.
   */
  readonly answersAnyId: boolean;
  readonly newId: () => string;
  /** Builds the fields of an entity before any write. Writes never replace the fields of `buildFixedFields`. */
  readonly buildDefaults: (id: string) => Record<string, unknown>;
  readonly buildFixedFields?: (id: string) => Record<string, unknown>;
}

/** The entities of one kind, in memory. */
export class Collection {
  readonly #options: CollectionOptions;
  readonly #entities = new BoundedMap<string, Entity>(MAX_ENTITIES);
  readonly #deleted = new BoundedMap<string, true>(MAX_ENTITIES);
  /** The entities in order of their creation, from the first call of `list()` on. */
  #list: Entity[] | undefined;

  constructor(options: CollectionOptions) {
    this.#options = options;
  }

  get(id: string): Entity | undefined {
    const known = this.#entities.get(id);
    if (known !== undefined || !this.#options.answersAnyId || this.#deleted.has(id)) return known;
    if (id.startsWith(MISSING_PREFIX)) return undefined;
    return this.#buildEntity(id, {});
  }

  /** Returns all entities in order of their creation. Later writes change the list. */
  list(): readonly Entity[] {
    return (this.#list ??= [...this.#entities.values()]);
  }

  create(fields: Readonly<Record<string, unknown>>): Entity {
    const entity = this.#buildEntity(this.#options.newId(), fields);
    this.#put(entity);
    return entity;
  }

  /** Writes fields to the entity. Its id and fixed fields stay; a numeric version increases by one. */
  update(entity: Entity, fields: Readonly<Record<string, unknown>>): Entity {
    const { id, version } = entity;
    const counted = typeof version === 'number' ? { version: version + 1 } : {};
    const updated = this.#buildEntity(id, { ...entity, ...fields, ...counted });
    this.#put(updated);
    return updated;
  }

  delete(id: string): boolean {
    const known = this.get(id) !== undefined;
    const stored = this.#entities.get(id);
    if (stored !== undefined) this.#list?.splice(this.#list.indexOf(stored), 1);
    this.#entities.delete(id);
    this.#deleted.set(id, true);
    return known;
  }

  /** Stores an entity. Copying a long list on each read would take more time than any other part of an answer. */
  #put(entity: Entity): void {
    const before = this.#entities.get(entity.id);
    this.#entities.set(entity.id, entity);
    if (this.#list === undefined) return;
    if (before !== undefined) this.#list[this.#list.indexOf(before)] = entity;
    else this.#list.push(entity);
    if (this.#list.length > MAX_ENTITIES) this.#list.shift();
  }

  #buildEntity(id: string, fields: Readonly<Record<string, unknown>>): Entity {
    const { buildDefaults, buildFixedFields } = this.#options;
    return { ...buildDefaults(id), ...fields, ...buildFixedFields?.(id), id };
  }
}
