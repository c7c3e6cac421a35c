import { BoundedMap } from '../bounded-map.js';

/** Anything an API stores: plain JSON with an id. */
export interface Entity {
  id: string;
  [key: string]: unknown;
}

/** Entities kept per collection; the oldest are forgotten beyond it. */
export const MAX_ENTITIES = 100_000;

interface CollectionOptions {
  /** Any id that was not deleted answers, made up from its shape, so that tests may use ids of their own. */
  readonly answersAnyId: boolean;
  readonly newId: () => string;
  /** What an entity has before anyone wrote to it, its address for example. What is written never replaces `fixed`. */
  readonly buildDefaults: (id: string) => Record<string, unknown>;
  readonly buildFixedFields?: (id: string) => Record<string, unknown>;
}

/** One kind of entity, in memory. */
export class Collection {
  readonly #options: CollectionOptions;
  readonly #entities = new BoundedMap<string, Entity>(MAX_ENTITIES);
  readonly #deleted = new BoundedMap<string, true>(MAX_ENTITIES);

  constructor(options: CollectionOptions) {
    this.#options = options;
  }

  get(id: string): Entity | undefined {
    const known = this.#entities.get(id);
    if (known !== undefined || !this.#options.answersAnyId || this.#deleted.has(id)) return known;
    return this.#buildEntity(id, {});
  }

  list(): Entity[] {
    return [...this.#entities.values()];
  }

  create(fields: Readonly<Record<string, unknown>>): Entity {
    const entity = this.#buildEntity(this.#options.newId(), fields);
    this.#entities.set(entity.id, entity);
    return entity;
  }

  /** Writes fields over the entity, whose id and address stay, and whose version, if it has one, counts up. */
  update(entity: Entity, fields: Readonly<Record<string, unknown>>): Entity {
    const { id, version } = entity;
    const counted = typeof version === 'number' ? { version: version + 1 } : {};
    const updated = this.#buildEntity(id, { ...entity, ...fields, ...counted });
    this.#entities.set(id, updated);
    return updated;
  }

  delete(id: string): boolean {
    const known = this.get(id) !== undefined;
    this.#entities.delete(id);
    this.#deleted.set(id, true);
    return known;
  }

  #buildEntity(id: string, fields: Readonly<Record<string, unknown>>): Entity {
    const { buildDefaults, buildFixedFields } = this.#options;
    return { ...buildDefaults(id), ...fields, ...buildFixedFields?.(id), id };
  }
}
