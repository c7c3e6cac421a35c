import { BoundedMap } from '../bounded-map.js';
import { Collection } from '../platform/collection.js';
import { type Random, generateUuid } from '../random.js';

/** Maximum number of stored instances and of idempotency tokens. The oldest is deleted first. */
const MAX_ENTRIES = 10_000;

/** The data of one Amazon Connect instance. */
export class Instance {
  readonly users: Collection;
  readonly queues: Collection;
  readonly contacts: Collection;
  /** Contacts by the token of the request that started them. AWS keeps a token for seven days. */
  readonly startedContacts = new BoundedMap<string, object>(MAX_ENTRIES);

  constructor(random: Random, id: string, account: string) {
    const newId = (): string => generateUuid(random);
    const arn = (kind: string, own: string): string =>
      `arn:aws:connect:eu-west-2:${account}:instance/${id}/${kind}/${own}`;
    const collect = (kind: string, buildDefaults: (own: string) => Record<string, unknown>): Collection =>
      new Collection({
        answersAnyId: true,
        newId,
        buildDefaults,
        buildFixedFields: (own) => ({ Id: own, Arn: arn(kind, own) }),
      });
    this.users = collect('agent', (own) => ({ Username: `user-${own}`, IdentityInfo: {}, SecurityProfileIds: [] }));
    this.queues = collect('queue', (own) => ({ Name: `queue-${own}`, Status: 'ENABLED' }));
    this.contacts = collect('contact', () => ({ Channel: 'VOICE', InitiationMethod: 'API', Attributes: {} }));
  }
}

/** The instances of all accounts. Any id is an instance, so that tests can use their own ids. */
export class Instances {
  readonly #instances = new BoundedMap<string, Instance>(MAX_ENTRIES);

  constructor(private readonly random: Random) {}

  find(account: string, id: string): Instance {
    const key = `${account} ${id}`;
    let instance = this.#instances.get(key);
    if (instance === undefined) {
      instance = new Instance(this.random, id, account);
      this.#instances.set(key, instance);
    }
    return instance;
  }
}
