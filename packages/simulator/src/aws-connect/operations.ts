import { type Answer, answerOk } from '../http/answer.js';
import type { Collection, Entity } from '../platform/collection.js';
import { readFields, type RouteRequest } from '../platform/request.js';
import { buildErrorAnswer } from './error-answers.js';
import type { Instance, Instances } from './instances.js';

type Answering = (instance: Instance, request: RouteRequest) => Answer;

/** One operation: its name, its method and path, its handler, and whether it only reads by `POST`. */
export type Operation = readonly [name: string, match: string, answer: Answering, isReadOnly?: boolean];

const NOT_FOUND = buildErrorAnswer(404, 'ResourceNotFoundException', 'The resource does not exist');
const DONE: Answer = { status: 200, body: {} };

/** A part of the operations of Amazon Connect: users, queues, contacts and metrics. */
export const OPERATIONS: readonly Operation[] = [
  ['DescribeUser', 'GET /users/:instanceId/:id', read('User', ({ users }) => users)],
  ['ListUsers', 'GET /users-summary/:instanceId', list('UserSummaryList', ({ users }) => users)],
  ['CreateUser', 'PUT /users/:instanceId', create('User', ({ users }) => users)],
  [
    'DeleteUser',
    'DELETE /users/:instanceId/:id',
    ({ users }, { params }) => (users.delete(params.id ?? '') ? DONE : NOT_FOUND),
  ],
  ['UpdateUserIdentityInfo', 'POST /users/:instanceId/:id/identity-info', update(({ users }) => users)],
  ['PutUserStatus', 'PUT /users/:instanceId/:id/status', update(({ users }) => users)],
  ['SearchUsers', 'POST /search-users', list('Users', ({ users }) => users), true],
  ['DescribeQueue', 'GET /queues/:instanceId/:id', read('Queue', ({ queues }) => queues)],
  ['ListQueues', 'GET /queues-summary/:instanceId', list('QueueSummaryList', ({ queues }) => queues)],
  ['CreateQueue', 'PUT /queues/:instanceId', create('Queue', ({ queues }) => queues)],
  ['DescribeContact', 'GET /contacts/:instanceId/:id', read('Contact', ({ contacts }) => contacts)],
  ['GetContactAttributes', 'GET /contact/attributes/:instanceId/:id', readAttributes],
  ['UpdateContactAttributes', 'POST /contact/attributes', updateAttributes],
  ['StartChatContact', 'PUT /contact/chat', startContact('CHAT')],
  ['StartOutboundVoiceContact', 'PUT /contact/outbound-voice', startContact('VOICE')],
  ['StartTaskContact', 'PUT /contact/task', startContact('TASK')],
  ['StopContact', 'POST /contact/stop', () => DONE],
  ['StartContactStreaming', 'POST /contact/start-streaming', () => answerOk({ StreamingId: 'stream-1' })],
  ['StopContactStreaming', 'POST /contact/stop-streaming', () => DONE],
  ['GetMetricData', 'POST /metrics/historical/:instanceId', () => answerOk({ MetricResults: [] }), true],
  ['GetCurrentMetricData', 'POST /metrics/current/:instanceId', () => answerOk({ MetricResults: [] }), true],
  ['GetMetricDataV2', 'POST /metrics/data', () => answerOk({ MetricResults: [] }), true],
];

/** Runs an operation on the instance that its path or its body names. */
export function runOperation(answer: Answering, instances: Instances, request: RouteRequest): Answer {
  const { InstanceId } = readFields(request);
  const id = request.params.instanceId ?? (typeof InstanceId === 'string' ? InstanceId : 'instance-1');
  return answer(instances.find(request.token.tenant, id), request);
}

function read(name: string, of: (instance: Instance) => Collection): Answering {
  return (instance, { params }) => {
    const found = of(instance).get(params.id ?? '');
    return found === undefined ? NOT_FOUND : answerOk({ [name]: show(found) });
  };
}

/** Pages have `NextToken`, by query in a `GET` and in the body of a `POST`. */
function list(name: string, of: (instance: Instance) => Collection): Answering {
  return (instance, request) => {
    const { query } = request;
    const fields = readFields(request);
    const start = Number(query.get('nextToken') ?? fields.NextToken ?? 0);
    const size = Number(query.get('maxResults') ?? fields.MaxResults ?? 100);
    const all = of(instance).list();
    const end = start + size;
    return answerOk({ [name]: all.slice(start, end).map(show), ...(end < all.length && { NextToken: String(end) }) });
  };
}

function create(kind: string, of: (instance: Instance) => Collection): Answering {
  return (instance, request) => {
    const { Id, Arn } = of(instance).create(readFields(request));
    return answerOk({ [`${kind}Id`]: Id, [`${kind}Arn`]: Arn });
  };
}

function update(of: (instance: Instance) => Collection): Answering {
  return (instance, request) => {
    const found = of(instance).get(request.params.id ?? '');
    if (found === undefined) return NOT_FOUND;
    of(instance).update(found, readFields(request));
    return DONE;
  };
}

function readAttributes({ contacts }: Instance, { params }: RouteRequest): Answer {
  return answerOk({ Attributes: contacts.get(params.id ?? '')?.Attributes ?? {} });
}

function updateAttributes({ contacts }: Instance, request: RouteRequest): Answer {
  const { InitialContactId, Attributes } = readFields(request);
  const found = contacts.get(String(InitialContactId));
  if (found === undefined) return NOT_FOUND;
  contacts.update(found, { Attributes: { ...(found.Attributes as object), ...(Attributes as object) } });
  return DONE;
}

/** Starts a contact once for each `ClientToken`. A repetition gets the same contact. */
function startContact(channel: string): Answering {
  return ({ contacts, startedContacts }, request) => {
    const { ClientToken } = readFields(request);
    const token = typeof ClientToken === 'string' && ClientToken !== '' ? ClientToken : undefined;
    const before = token === undefined ? undefined : startedContacts.get(token);
    if (before !== undefined) return { status: 200, body: before, isReplay: true };
    const { Id } = contacts.create({ Channel: channel });
    const body = { ContactId: Id, ...(channel === 'CHAT' && { ParticipantId: Id, ParticipantToken: 'simulated' }) };
    if (token !== undefined) startedContacts.set(token, body);
    return answerOk(body);
  };
}

function show({ id: _id, ...fields }: Entity): Record<string, unknown> {
  void _id;
  return fields;
}
