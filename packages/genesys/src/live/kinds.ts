import type {
  LiveConversationSummary,
  LiveObservation,
  LiveOutOfOffice,
  LivePresence,
  LiveRoutingStatus,
} from './types.js';

type Fields = Record<string, unknown>;

/** How the value of a kind is read. */
export type ReadRule =
  /** As the field `expand` of a list of users, or alone under `path`, where `field` holds it if the path reads a whole user. */
  | { readonly by: 'users'; readonly expand: string; readonly path: string; readonly field?: string }
  | { readonly by: 'observations' }
  /** All pages of a list. */
  | { readonly by: 'pages'; readonly path: string }
  | { readonly by: 'path'; readonly path: string }
  /** Nothing reads it: the value is the last notification. */
  | { readonly by: 'events' };

/** A kind of live value: how reads and notifications make it. */
export interface Kind<T = unknown> {
  readonly read: ReadRule;
  /** Makes the value from an answer. Undefined: the answer does not have it. */
  fromRead(body: unknown, previous: T | undefined): T | undefined;
  /**
   * Makes the value from a notification. Undefined: the notification is not enough, and a read has to tell. Without it, every
   * notification leads to a read.
   */
  fromEvent?(body: unknown, previous: T | undefined): T | undefined;
  /** Date of the last change of the value in ms. Older reads and notifications are not applied. NaN: unknown. */
  versionOf?(value: T): number;
}

const fieldsOf = (body: unknown): Fields => (typeof body === 'object' && body !== null ? (body as Fields) : {});

const isGiven = (value: unknown): boolean => value !== undefined && value !== null;

/** Copies the fields that have a value. */
function pick(body: unknown, names: readonly string[]): Fields {
  const fields = fieldsOf(body);
  return Object.fromEntries(names.filter((name) => isGiven(fields[name])).map((name) => [name, fields[name]]));
}

/** Reads whole answers, and reads again after each notification. */
function readAgain(read: ReadRule): Kind {
  return { read, fromRead: (body) => body ?? undefined };
}

/** The value of a topic that no path reads is its last notification. */
export const EVENTS_ONLY: Kind = {
  read: { by: 'events' },
  fromRead: () => undefined,
  fromEvent: (body) => body ?? undefined,
};

export const pathKind = (path: string): Kind => readAgain({ by: 'path', path });

/** Whether a presence is that of Genesys Cloud itself. Others, such as that of Microsoft Teams, have reads of their own. */
export const isOwnSource = ({ source }: { source?: unknown }): boolean =>
  typeof source !== 'string' || source.toUpperCase() === 'PURECLOUD';

function readPresence(body: unknown): LivePresence | undefined {
  const { presenceDefinition } = fieldsOf(body);
  const definition = pick(presenceDefinition, ['id', 'systemPresence']);
  if (Object.keys(definition).length === 0) return undefined;
  return { message: '', ...pick(body, ['source', 'message', 'modifiedDate']), presenceDefinition: definition };
}

const presence: Kind<LivePresence> = {
  read: { by: 'users', expand: 'presence', path: '/api/v2/users/{id}/presences/purecloud' },
  fromRead: readPresence,
  fromEvent: (body, previous) => (isOwnSource(fieldsOf(body)) ? readPresence(body) : previous),
  versionOf: ({ modifiedDate = '' }) => Date.parse(modifiedDate),
};

const readRoutingStatus = (body: unknown): LiveRoutingStatus | undefined =>
  fieldsOf(body)['status'] === undefined ? undefined : pick(body, ['userId', 'status', 'startTime']);

const routingStatus: Kind<LiveRoutingStatus> = {
  read: { by: 'users', expand: 'routingStatus', path: '/api/v2/users/{id}/routingstatus' },
  fromRead: readRoutingStatus,
  fromEvent: (body, previous) => {
    const value = readRoutingStatus(fieldsOf(body)['routingStatus']);
    // A read has the id of the user. The notification may leave it out.
    return value && { ...pick(previous, ['userId']), ...value };
  },
  versionOf: ({ startTime = '' }) => Date.parse(startTime),
};

const readOutOfOffice = (body: unknown): LiveOutOfOffice | undefined =>
  fieldsOf(body)['active'] === undefined ? undefined : pick(body, ['active', 'indefinite', 'startDate', 'endDate']);

const outOfOffice: Kind<LiveOutOfOffice> = {
  read: { by: 'users', expand: 'outOfOffice', path: '/api/v2/users/{id}/outofoffice' },
  fromRead: readOutOfOffice,
  fromEvent: readOutOfOffice,
};

// The notification has the associated station only.
const station = readAgain({ by: 'users', expand: 'station', path: '/api/v2/users/{id}/station' });

const MEDIA = ['call', 'callback', 'email', 'message', 'chat', 'socialExpression', 'video'];

const conversationSummary: Kind<LiveConversationSummary> = {
  read: { by: 'users', expand: 'conversationSummary', path: '/api/v2/users/{id}', field: 'conversationSummary' },
  fromRead: (body) => (!isGiven(body) ? undefined : (pick(body, MEDIA) as LiveConversationSummary)),
  fromEvent: (body) => pick(body, MEDIA) as LiveConversationSummary,
};

const observations: Kind<readonly LiveObservation[]> = {
  read: { by: 'observations' },
  fromRead: (body) => body as readonly LiveObservation[],
  fromEvent: mergeObservations,
};

/** Puts the metrics of a notification over those of the same group. Metrics of an interval (`n…`, `t…`) are not observations. */
function mergeObservations(
  body: unknown,
  previous: readonly LiveObservation[] | undefined,
): readonly LiveObservation[] | undefined {
  const { group, data } = fieldsOf(body);
  if (previous === undefined || !Array.isArray(data)) return undefined;
  const changed = data
    .flatMap((part) => (fieldsOf(part)['metrics'] ?? []) as LiveObservation['data'])
    .filter(({ metric }) => metric?.startsWith('o'));
  if (changed.length === 0) return previous;
  const eventGroup = fieldsOf(group) as Record<string, string>;
  const isSame = (other: LiveObservation): boolean => other.group['mediaType'] === eventGroup['mediaType'];
  const known = previous.find(isSame) ?? { group: eventGroup, data: [] };
  const isChanged = ({ metric, qualifier }: LiveObservation['data'][number]): boolean =>
    changed.some((other) => other.metric === metric && other.qualifier === qualifier);
  const merged: LiveObservation = {
    group: known.group,
    data: [...known.data.filter((one) => !isChanged(one)), ...changed],
  };
  return previous.some(isSame) ? previous.map((one) => (isSame(one) ? merged : one)) : [...previous, merged];
}

/** Kinds with a rule of their own, by topic. The value of another topic is the answer of its path. */
export const KINDS = {
  'v2.users.{id}.presence': presence,
  'v2.users.{id}.routingStatus': routingStatus,
  'v2.users.{id}.outofoffice': outOfOffice,
  'v2.users.{id}.station': station,
  'v2.users.{id}.conversationsummary': conversationSummary,
  'v2.analytics.queues.{id}.observations': observations,
  'v2.routing.queues.{id}.users': readAgain({ by: 'pages', path: '/api/v2/routing/queues/{id}/members' }),
} as const;
