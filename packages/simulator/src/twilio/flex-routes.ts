import type { Answer } from '../http/answer.js';
import type { Entity } from '../platform/collection.js';
import type { RouteRequest } from '../platform/request.js';
import type { RouteDefinition } from '../platform/route-table.js';
import { type AccountData, type AccountStore, renderEntity } from './account-data.js';
import { buildErrorAnswer } from './error-answers.js';
import { readParams } from './form.js';
import { answerPage } from './paging.js';

/** Routes of the Interactions API of Flex. */
export function createFlexRoutes(accounts: AccountStore): RouteDefinition[] {
  const defineRoute = (
    name: string,
    handle: (account: AccountData, request: RouteRequest) => Answer,
  ): RouteDefinition => [name, (request) => handle(accounts.get(request.token.tenant), request)];
  return [
    defineRoute('POST /v1/Interactions', createInteraction),
    defineRoute('GET /v1/Interactions/:sid', ({ interactions }, request) =>
      answerEntity(interactions.get(request.params['sid'] ?? ''), request),
    ),
    defineRoute('GET /v1/Interactions/:interactionSid/Channels', ({ channels }, request) =>
      answerPage(
        request,
        'channels',
        channels
          .list()
          .filter((one) => one['interaction_sid'] === request.params['interactionSid'])
          .map((one) => render(one, request, one.id)),
      ),
    ),
    defineRoute('GET /v1/Interactions/:interactionSid/Channels/:sid', ({ channels }, request) =>
      answerEntity(channels.get(request.params['sid'] ?? ''), request),
    ),
    defineRoute('POST /v1/Interactions/:interactionSid/Channels/:sid', ({ channels }, request) => {
      const channel = channels.get(request.params['sid'] ?? '');
      return answerEntity(channel && channels.update(channel, readParams(request)), request);
    }),
  ];
}

function render(entity: Entity, request: RouteRequest, below?: string): Record<string, unknown> {
  const path = below === undefined ? request.path : `${request.path}/${below}`;
  const url = `http://${request.host}${path}`;
  const isInteraction = entity['interaction_sid'] === undefined;
  return renderEntity(entity, { url, links: isInteraction ? { channels: `${url}/Channels` } : {} });
}

function answerEntity(entity: Entity | undefined, request: RouteRequest): Answer {
  return entity === undefined
    ? buildErrorAnswer(404, `The requested resource ${request.path} was not found`)
    : { status: 200, body: render(entity, request) };
}

/** An interaction has one channel. */
function createInteraction({ interactions, channels }: AccountData, request: RouteRequest): Answer {
  const { channel, routing, ...params } = readParams(request);
  if (channel === undefined) return buildErrorAnswer(400, "Missing required parameter 'Channel'", 20_001);
  const details = parseObject(channel);
  const created = interactions.create({ ...params, channel: details, routing: parseObject(routing ?? '{}') });
  channels.create({ interaction_sid: created.id, type: details['type'] ?? 'web' });
  return { status: 201, body: render(created, request, created.id) };
}

function parseObject(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
