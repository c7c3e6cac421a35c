import { BoundedMap } from './bounded-map.js';
import { randomUuid, type Random } from './random.js';

/** Anything the API stores: plain JSON with an id. */
export interface Entity {
  id: string;
  selfUri: string;
  [key: string]: unknown;
}

/** Entities kept per collection; the oldest are forgotten beyond it. */
const MAX_ENTITIES = 100_000;

/** One kind of entity below one path, in memory. */
export class Collection {
  readonly #path: string;
  readonly #shape: (id: string) => Record<string, unknown>;
  /** Any id that was not deleted answers, made up from its shape, so that tests may use ids of their own. */
  readonly #open: boolean;
  readonly #entities = new BoundedMap<string, Entity>(MAX_ENTITIES);
  readonly #deleted = new BoundedMap<string, true>(MAX_ENTITIES);

  constructor(path: string, options: { open: boolean; shape: (id: string) => Record<string, unknown> }) {
    this.#path = path;
    this.#open = options.open;
    this.#shape = options.shape;
  }

  get(id: string): Entity | undefined {
    const known = this.#entities.get(id);
    if (known !== undefined || !this.#open || this.#deleted.has(id)) return known;
    return this.#make(id);
  }

  list(): Entity[] {
    return [...this.#entities.values()];
  }

  create(id: string, fields: Readonly<Record<string, unknown>>): Entity {
    const entity: Entity = { ...this.#make(id), ...fields, id, selfUri: `${this.#path}/${id}` };
    this.#entities.set(id, entity);
    return entity;
  }

  /** Writes fields over the entity, whose id and address stay, and whose version, if it has one, counts up. */
  update(entity: Entity, fields: Readonly<Record<string, unknown>>): Entity {
    const { id, selfUri, version } = entity;
    const updated: Entity = {
      ...entity,
      ...fields,
      id,
      selfUri,
      ...(typeof version === 'number' && { version: version + 1 }),
    };
    this.#entities.set(id, updated);
    return updated;
  }

  delete(id: string): boolean {
    const known = this.get(id) !== undefined;
    this.#entities.delete(id);
    this.#deleted.set(id, true);
    return known;
  }

  #make(id: string): Entity {
    return { id, ...this.#shape(id), selfUri: `${this.#path}/${id}` };
  }
}

/** A notification channel and who owns it. */
export interface Channel {
  readonly id: string;
  readonly connectUri: string;
  readonly expires: string;
}

/** The platform keeps 20 channels for a user and application; the 21st evicts the oldest. */
const MAX_CHANNELS_PER_TOKEN = 20;

/** The organization the simulator plays: what can be read, and what was written. */
export class World {
  readonly ids: Random;
  readonly organization: Entity;
  readonly meId: string;
  readonly users: Collection;
  readonly queues: Collection;
  readonly contacts: Collection;
  readonly conversations: Collection;
  readonly scripts: Collection;
  readonly evaluations: Collection;
  readonly presenceDefinitions: readonly Entity[];
  readonly presences = new BoundedMap<string, Record<string, unknown>>(MAX_ENTITIES);
  readonly #channels = new BoundedMap<string, Channel[]>(MAX_ENTITIES);

  constructor(ids: Random) {
    this.ids = ids;
    const organizationId = randomUuid(ids);
    this.organization = {
      id: organizationId,
      name: 'Simulated Contact Center',
      defaultLanguage: 'en-us',
      state: 'active',
      version: 1,
      selfUri: '/api/v2/organizations/me',
    };
    this.users = new Collection('/api/v2/users', { open: true, shape: userShape });
    this.queues = new Collection('/api/v2/routing/queues', {
      open: true,
      shape: (id) => ({ name: `Queue ${id}`, division: { id: organizationId, name: 'Home' }, memberCount: 0 }),
    });
    // Strict: a client that lost the answer to a write asks here whether it happened, and must get a true answer.
    this.contacts = new Collection('/api/v2/externalcontacts/contacts', {
      open: false,
      shape: () => ({ firstName: '', lastName: '', type: 'Curated' }),
    });
    this.conversations = new Collection('/api/v2/conversations', {
      open: true,
      shape: () => ({ startTime: START, participants: [], recordingState: 'NONE' }),
    });
    this.scripts = new Collection('/api/v2/scripts', {
      open: true,
      shape: (id) => ({ name: `Script ${id}`, versionId: `${id}.1`, createdDate: START, publishedDate: START }),
    });
    this.evaluations = new Collection('/api/v2/quality/evaluations', { open: false, shape: () => ({}) });
    this.presenceDefinitions = ['Available', 'Busy', 'Away', 'Break', 'Meal', 'Meeting', 'Training', 'Offline'].map(
      (systemPresence) => {
        const id = randomUuid(ids);
        return { id, systemPresence, primary: true, deactivated: false, selfUri: `/api/v2/presence/definitions/${id}` };
      },
    );
    this.meId = this.users.create(randomUuid(ids), { name: 'Simulated Me', email: 'me@simulated.example' }).id;
    for (let n = 1; n < 100; n += 1) {
      this.users.create(randomUuid(ids), { name: `Agent ${n}`, email: `agent${n}@simulated.example` });
    }
    for (let n = 1; n <= 30; n += 1) this.queues.create(randomUuid(ids), { name: `Queue ${n}`, memberCount: 5 });
    for (let n = 1; n <= 60; n += 1) {
      this.contacts.create(randomUuid(ids), { firstName: `Contact${n}`, lastName: 'Simulated' });
    }
    for (let n = 1; n <= 12; n += 1) this.scripts.create(randomUuid(ids), { name: `Script ${n}` });
    for (let n = 1; n <= 40; n += 1) this.conversations.create(randomUuid(ids), {});
  }

  newId(): string {
    return randomUuid(this.ids);
  }

  channelsOf(tokenLabel: string): readonly Channel[] {
    return this.#channels.get(tokenLabel) ?? [];
  }

  openChannel(tokenLabel: string, channel: Channel): void {
    const open = [...this.channelsOf(tokenLabel), channel];
    this.#channels.set(tokenLabel, open.slice(-MAX_CHANNELS_PER_TOKEN));
  }
}

/** A fixed date for what was there before the start, so that the same seed gives the same bodies. */
const START = '2026-01-01T00:00:00.000Z';

function userShape(id: string): Record<string, unknown> {
  return {
    name: `User ${id}`,
    email: `${encodeURIComponent(id)}@simulated.example`,
    username: `${encodeURIComponent(id)}@simulated.example`,
    state: 'active',
    version: 1,
  };
}
