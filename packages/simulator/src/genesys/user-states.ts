import { BoundedMap } from '../bounded-map.js';
import { MAX_ENTITIES } from '../platform/collection.js';
import type { Organization } from './organization.js';

export type Fields = Record<string, unknown>;

/** Publishes an event to the notification channels. */
export type Publish = (topic: string, body: unknown) => unknown;

/** The source of presences that the platform keeps itself. */
export const OWN_SOURCE = 'PURECLOUD';

/** What users are doing: presence, routing status, out of office, station. Each change is published under its topic. */
export class UserStates {
  readonly #organization: Organization;
  readonly #publish: Publish;
  readonly #states = new BoundedMap<string, Fields>(MAX_ENTITIES);

  constructor(organization: Organization, publish: Publish) {
    this.#organization = organization;
    this.#publish = publish;
  }

  getPresence(userId: string, source = OWN_SOURCE): Fields {
    const offline = this.#organization.presenceDefinitions.at(-1);
    return this.#read(userId, `presence ${source}`, {
      id: userId,
      source,
      primary: source === OWN_SOURCE,
      presenceDefinition: { id: offline?.id, systemPresence: 'Offline' },
      message: '',
      selfUri: `/api/v2/users/${userId}/presences/${source}`,
    });
  }

  setPresence(userId: string, source: string, fields: Fields, wallMs: number): Fields {
    const presence = {
      ...this.getPresence(userId, source),
      ...fields,
      ...this.#completeDefinition(fields),
      id: userId,
      source,
      modifiedDate: new Date(wallMs).toISOString(),
    };
    this.#states.set(`presence ${source} ${userId}`, presence);
    if (source === OWN_SOURCE) {
      const { presenceDefinition, primary, message, modifiedDate } = presence as Fields;
      this.#publish(`v2.users.${userId}.presence`, { source, presenceDefinition, primary, message, modifiedDate });
      this.#publishActivity(userId);
    }
    return presence;
  }

  getRoutingStatus(userId: string): Fields {
    return this.#read(userId, 'routing', { userId, status: 'OFF_QUEUE', startTime: this.#organization.startTime });
  }

  setRoutingStatus(userId: string, { status }: Fields, wallMs: number): Fields {
    const changed = { userId, status, startTime: new Date(wallMs).toISOString() };
    this.#states.set(`routing ${userId}`, changed);
    const { startTime } = changed;
    this.#publish(`v2.users.${userId}.routingStatus`, { id: userId, routingStatus: { status, startTime } });
    this.#publishActivity(userId);
    return changed;
  }

  getOutOfOffice(userId: string): Fields {
    const selfUri = `/api/v2/users/${userId}/outofoffice`;
    return this.#read(userId, 'outofoffice', { user: { id: userId }, active: false, indefinite: false, selfUri });
  }

  setOutOfOffice(userId: string, fields: Fields): Fields {
    const changed: Fields = { ...this.getOutOfOffice(userId), ...fields };
    this.#states.set(`outofoffice ${userId}`, changed);
    const { user, active, indefinite, startDate, endDate } = changed;
    this.#publish(`v2.users.${userId}.outofoffice`, { user, active, indefinite, startDate, endDate });
    this.#publishActivity(userId);
    return changed;
  }

  getStation(userId: string): Fields {
    return this.#read(userId, 'station', {});
  }

  setStation(userId: string, stationId: string | undefined): void {
    const station =
      stationId === undefined ? {} : { associatedStation: { id: stationId }, effectiveStation: { id: stationId } };
    this.#states.set(`station ${userId}`, station);
    this.#publish(`v2.users.${userId}.station`, station);
  }

  /** The routing skills or languages of a user. */
  getAssignments(userId: string, kind: 'skills' | 'languages'): readonly Fields[] {
    return (this.#read(userId, kind, {})['items'] as readonly Fields[] | undefined) ?? [];
  }

  setAssignments(userId: string, kind: 'skills' | 'languages', items: readonly Fields[]): void {
    this.#states.set(`${kind} ${userId}`, { items });
  }

  /** The topic that tells presence, routing status and out of office together. */
  #publishActivity(userId: string): void {
    const { presenceDefinition, message, modifiedDate } = this.getPresence(userId);
    const { status, startTime } = this.getRoutingStatus(userId);
    this.#publish(`v2.users.${userId}.activity`, {
      id: userId,
      routingStatus: { status, startTime },
      presence: { presenceDefinition, presenceMessage: message, modifiedDate },
      outOfOffice: { active: this.getOutOfOffice(userId)['active'] },
      activeQueueIds: [],
    });
  }

  #read(userId: string, kind: string, fallback: Fields): Fields {
    return this.#states.get(`${kind} ${userId}`) ?? fallback;
  }

  /** A client names a definition by its id. The platform adds what the definition means. */
  #completeDefinition({ presenceDefinition }: Fields): Fields {
    if (typeof presenceDefinition !== 'object' || presenceDefinition === null) return {};
    const { id } = presenceDefinition as Fields;
    const known = this.#organization.presenceDefinitions.find((definition) => definition.id === id);
    if (known === undefined) return {};
    return { presenceDefinition: { ...presenceDefinition, systemPresence: known['systemPresence'] } };
  }
}
