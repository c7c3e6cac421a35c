import { BoundedMap } from '../bounded-map.js';
import { Collection, type Entity } from '../platform/collection.js';
import { type Random, generateUuid } from '../random.js';

/** Maximum number of accounts and workspaces. The oldest is deleted first. */
const MAX_OWNERS = 10_000;

/** The resources of a workspace. */
export interface Workspace {
  readonly tasks: Collection;
  readonly workers: Collection;
  readonly reservations: Collection;
  readonly activities: Collection;
  readonly taskQueues: Collection;
}

/** The resources of an account. */
export interface AccountData {
  readonly workspaces: Collection;
  readonly interactions: Collection;
  readonly channels: Collection;
  getWorkspace(sid: string): Workspace;
}

/** The data of all accounts. */
export class AccountStore {
  readonly #ids: Random;
  readonly #accounts = new BoundedMap<string, AccountData>(MAX_OWNERS);

  constructor(ids: Random) {
    this.#ids = ids;
  }

  /** Makes a SID: a prefix and 32 hex digits. */
  newSid(prefix: string): string {
    return prefix + generateUuid(this.#ids).replaceAll('-', '');
  }

  get(sid: string): AccountData {
    let account = this.#accounts.get(sid);
    if (account === undefined) this.#accounts.set(sid, (account = this.#createAccount()));
    return account;
  }

  #createAccount(): AccountData {
    const workspaces = new BoundedMap<string, Workspace>(MAX_OWNERS);
    return {
      // Any id that was not deleted is a workspace, so that tests can use their own.
      workspaces: this.#createCollection('WS', (sid) => ({ friendly_name: `Workspace ${sid}` }), true),
      interactions: this.#createCollection('KD', () => ({})),
      channels: this.#createCollection('UO', () => ({ status: 'active' })),
      getWorkspace: (sid) => {
        let workspace = workspaces.get(sid);
        if (workspace === undefined) workspaces.set(sid, (workspace = this.#createWorkspace()));
        return workspace;
      },
    };
  }

  #createWorkspace(): Workspace {
    return {
      tasks: this.#createCollection('WT', () => ({
        assignment_status: 'pending',
        attributes: '{}',
        priority: 0,
        timeout: 86_400,
      })),
      workers: this.#createCollection('WK', () => ({ attributes: '{}', available: true, activity_name: 'Available' })),
      reservations: this.#createCollection('WR', () => ({ reservation_status: 'pending' })),
      activities: this.#createCollection('WA', () => ({ available: true })),
      taskQueues: this.#createCollection('WQ', () => ({ target_workers: '1==1', task_order: 'FIFO' })),
    };
  }

  #createCollection(
    prefix: string,
    buildDefaults: (sid: string) => Record<string, unknown>,
    answersAnyId = false,
  ): Collection {
    return new Collection({
      answersAnyId,
      newId: () => this.newSid(prefix),
      buildDefaults: (sid) => ({ ...buildDefaults(sid), version: 0 }),
    });
  }
}

/** An entity as the API shows it: with a SID instead of an id. The version is in the ETag. */
export function renderEntity(
  { id, version, ...fields }: Entity,
  more: Record<string, unknown>,
): Record<string, unknown> {
  void version;
  return { sid: id, ...fields, ...more };
}
