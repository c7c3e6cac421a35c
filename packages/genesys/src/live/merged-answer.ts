type Fields = Record<string, unknown>;

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isGiven = (value: unknown): boolean => value !== undefined && value !== null;

/** A route whose answer can be kept up to date by the notifications of a topic. */
export interface PushedRoute {
  /** Pattern of the path. Its group is the id of the user. */
  readonly path: RegExp;
  readonly topic: string;
  /** The part of a notification that has the fields of the answer. */
  eventOf(body: unknown): unknown;
  /** Field with the date of the last change, in the answer and the notification. */
  readonly version: string;
  /** Fields of the answer that do not change, so that no notification has them. */
  readonly fixed: readonly string[];
  /** Fields that answer and notification both have. */
  readonly shared: readonly string[];
}

/** The routes whose answers follow from notifications, by the models of the SDK. */
export const PUSHED_ROUTES: readonly PushedRoute[] = [
  {
    path: /(?:^|\/)api\/v2\/users\/([^/]+)\/presences\/purecloud$/i,
    topic: 'v2.users.{id}.presence',
    eventOf: (body) => body,
    version: 'modifiedDate',
    fixed: ['id', 'name', 'sourceId', 'selfUri'],
    shared: ['source', 'primary', 'presenceDefinition', 'message', 'modifiedDate'],
  },
  {
    path: /(?:^|\/)api\/v2\/users\/([^/]+)\/routingstatus$/i,
    topic: 'v2.users.{id}.routingStatus',
    eventOf: (body) => (isFields(body) ? body['routingStatus'] : undefined),
    version: 'startTime',
    fixed: ['userId'],
    shared: ['status', 'startTime'],
  },
];

/**
 * Applies a notification to an answer. Undefined: the notification does not tell the whole answer, so the caller must ask the platform.
 * An older notification leaves the answer as it is.
 */
export function mergeAnswer(route: PushedRoute, answer: Fields, eventBody: unknown): Fields | undefined {
  const event = route.eventOf(eventBody);
  if (!isFields(event)) return undefined;
  const [before, after] = [answer, event].map((fields) => Date.parse(String(fields[route.version])));
  if (!Number.isFinite(after)) return undefined;
  if ((after as number) < (before as number)) return answer;
  // The presence of another source has a path of its own.
  if (typeof event['source'] === 'string' && !isSameText(event['source'], answer['source'])) return answer;
  const fields = Object.entries(event).filter(([name, value]) => isGiven(value) && !route.fixed.includes(name));
  if (fields.some(([name]) => !route.shared.includes(name))) return undefined;
  const merged: Fields = { ...answer };
  for (const [name, value] of fields) {
    const next = isFields(value) && isFields(answer[name]) ? mergeReference(answer[name], value) : value;
    if (next === undefined) return undefined;
    merged[name] = next;
  }
  const told = new Set([...route.fixed, ...fields.map(([name]) => name)]);
  return Object.keys(answer).every((name) => told.has(name)) ? merged : undefined;
}

/** Applies an object with an id. Its address in the answer contains the id. */
function mergeReference(before: Fields, event: Fields): Fields | undefined {
  const { selfUri, ...rest } = before;
  if (Object.keys(rest).some((name) => !isGiven(event[name]))) return undefined;
  const merged: Fields = { ...rest, ...event };
  if (selfUri === undefined) return merged;
  const oldId = `/${String(before['id'])}`;
  if (typeof selfUri !== 'string' || !selfUri.endsWith(oldId)) return undefined;
  return { ...merged, selfUri: `${selfUri.slice(0, -oldId.length)}/${String(event['id'])}` };
}

const isSameText = (a: string, b: unknown): boolean => typeof b === 'string' && a.toUpperCase() === b.toUpperCase();
