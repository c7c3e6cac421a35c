import { BoundedMap } from '../bounded-map.js';
import type { EntityCounts } from '../options/entity-options.js';
import { Collection, type Entity, MAX_ENTITIES } from '../platform/collection.js';
import { type Random, generateUuid } from '../random.js';
import { CREATED_AT } from './configuration.js';

/** Domain of all chat addresses. */
export const CHAT_DOMAIN = 'genesys.simulated.example';
/** User of a token that names no user. */
export const ME = 'me';

/** Data of the simulated organization: what clients can read and what they wrote. */
export class Organization {
  readonly #ids: Random;
  readonly details: Entity;
  readonly users: Collection;
  readonly queues: Collection;
  readonly contacts: Collection;
  readonly conversations: Collection;
  readonly scripts: Collection;
  readonly evaluations: Collection;
  readonly presenceDefinitions: readonly Entity[];
  /** Date of all states that nobody changed yet. */
  readonly startTime = CREATED_AT;
  /** Ids of users who have a token, by name. */
  readonly #userIds = new BoundedMap<string, string>(MAX_ENTITIES);

  constructor(ids: Random, counts: Required<EntityCounts>) {
    this.#ids = ids;
    const organizationId = generateUuid(ids);
    this.details = {
      id: organizationId,
      name: 'Simulated Contact Center',
      defaultLanguage: 'en-us',
      state: 'active',
      version: 1,
      selfUri: '/api/v2/organizations/me',
    };
    const createCollection = (
      path: string,
      answersAnyId: boolean,
      buildDefaults: (id: string) => Record<string, unknown>,
    ): Collection =>
      new Collection({
        answersAnyId,
        newId: () => this.newId(),
        buildDefaults,
        buildFixedFields: (id) => ({ selfUri: `${path}/${id}` }),
      });
    this.users = createCollection('/api/v2/users', true, buildUserDefaults);
    this.queues = createCollection('/api/v2/routing/queues', true, (id) => ({
      name: `Queue ${id}`,
      division: { id: organizationId, name: 'Home' },
      memberCount: 0,
    }));
    // Unknown ids get 404: a client that lost the answer to a write checks here whether the write happened.
    this.contacts = createCollection('/api/v2/externalcontacts/contacts', false, () => ({
      firstName: '',
      lastName: '',
      type: 'Curated',
    }));
    this.conversations = createCollection('/api/v2/conversations', true, () => ({
      startTime: CREATED_AT,
      participants: [],
      recordingState: 'NONE',
    }));
    this.scripts = createCollection('/api/v2/scripts', true, (id) => ({
      name: `Script ${id}`,
      versionId: `${id}.1`,
      createdDate: CREATED_AT,
      publishedDate: CREATED_AT,
    }));
    this.evaluations = createCollection('/api/v2/quality/evaluations', false, () => ({}));
    this.presenceDefinitions = ['Available', 'Busy', 'Away', 'Break', 'Meal', 'Meeting', 'Training', 'Offline'].map(
      (systemPresence) => {
        const id = generateUuid(ids);
        return { id, systemPresence, primary: true, deactivated: false, selfUri: `/api/v2/presence/definitions/${id}` };
      },
    );
    this.#userIds.set(ME, this.users.create({ name: 'Simulated Me', email: 'me@simulated.example' }).id);
    for (let n = 1; n < counts.users; n += 1) {
      this.users.create({ name: `Agent ${n}`, email: `agent${n}@simulated.example` });
    }
    for (let n = 1; n <= counts.queues; n += 1) this.queues.create({ name: `Queue ${n}`, memberCount: 5 });
    for (let n = 1; n <= counts.contacts; n += 1) {
      this.contacts.create({ firstName: `Contact${n}`, lastName: 'Simulated' });
    }
    for (let n = 1; n <= counts.scripts; n += 1) this.scripts.create({ name: `Script ${n}` });
    for (let n = 1; n <= counts.conversations; n += 1) this.conversations.create({});
  }

  newId(): string {
    return generateUuid(this.#ids);
  }

  /** Returns the user of a token. The user is created on first use. */
  getUser(name: string): Entity {
    const known = this.users.get(this.#userIds.get(name) ?? '');
    if (known !== undefined && this.#userIds.has(name)) return known;
    const user = this.users.create({ name, email: `${encodeURIComponent(name)}@simulated.example` });
    this.#userIds.set(name, user.id);
    return user;
  }

  /** Returns the chat address of a user, which is the user name of a stream. */
  getChatAddress(name: string): string {
    return `${this.getUser(name).id}@${CHAT_DOMAIN}`;
  }
}

function buildUserDefaults(id: string): Record<string, unknown> {
  return {
    name: `User ${id}`,
    email: `${encodeURIComponent(id)}@simulated.example`,
    username: `${encodeURIComponent(id)}@simulated.example`,
    chat: { jabberId: `${id}@${CHAT_DOMAIN}` },
    state: 'active',
    version: 1,
  };
}
