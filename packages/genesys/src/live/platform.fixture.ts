import {
  answered,
  callInfo,
  createHoldline,
  defineAdapter,
  recordHeaders,
  type HoldlineConfig,
  type KeptAnswer,
  type Outcome,
} from '@holdline/core';
import { seededRandom, VirtualClock } from '@holdline/core/testing';
import { fakePlatform } from '../notifications/platform.fixture.js';
import { live } from './live.js';
import type { LiveOptions } from './options.js';

type Fields = Record<string, unknown>;
type CallApi = (...args: unknown[]) => Promise<unknown>;

/** The answer of the fake client: a status and a text. */
interface Reply {
  status: number;
  text: string;
}

const ORIGIN = 'https://api.example.com';

/** A guarded client whose calls go through a line. */
const guardLine = defineAdapter<{ callApi: CallApi }>({
  name: 'guardLine',
  attach(client, line) {
    const send = client.callApi;
    client.callApi = async (path, method, pathParams, query, headers, _, body) => {
      const filled = String(path).replace(/\{(\w+)\}/g, (_, key: string) => String((pathParams as Fields)[key]));
      const search = new URLSearchParams(query as Record<string, string>).toString();
      const url = `${ORIGIN}${filled}${search && `?${search}`}`;
      const run = async (): Promise<Outcome> => {
        try {
          const value = await send.call(client, path, method, pathParams, { url, method, body }, {}, {}, body);
          return answered({ status: 200, text: JSON.stringify(value) }, { status: 200, header: () => undefined });
        } catch (error) {
          const { status = 500 } = error as { status?: number };
          return answered(error, { status, header: () => undefined, threw: true });
        }
      };
      const { text } = (await line.run({
        method: String(method),
        url,
        headers: recordHeaders({
          authorization: ((headers as Fields | undefined)?.['authorization'] as string) ?? 'Bearer a',
        }),
        send: run,
        replayable: true,
        owner: client,
        answerBody: (value) => (value as Reply).text,
        restoreAnswer: ({ status, body: kept }: KeptAnswer) => ({ status, text: kept }),
      })) as Reply;
      return text === undefined ? undefined : (JSON.parse(text) as unknown);
    };
    return () => {
      client.callApi = send;
    };
  },
});

/** A platform with users and queues, notifications of their changes, and live values of a client of it, on a virtual clock. */
export function setUpLive(options: LiveOptions = {}, config: HoldlineConfig = {}) {
  const clock = new VirtualClock();
  const channels = fakePlatform(clock);
  const random = seededRandom(7);
  const inner = channels.client.callApi as unknown as CallApi;
  let lastChange = 0;
  const platform = {
    channels,
    /** Requests that are none of the channels, as `METHOD path?query`. */
    reads: [] as string[],
    presences: new Map<string, Fields>(),
    statuses: new Map<string, Fields>(),
    /** Answers of other paths. */
    answers: new Map<string, unknown>(),
    /** Users that do not exist. */
    unknown: new Set<string>(),
    /** Milliseconds before and after the moment of which an answer tells. */
    latency: (): readonly [before: number, after: number] => [5, 5],
    failWith: undefined as number | undefined,
    isMuted: false,
    presenceOf: (id: string): Fields =>
      platform.presences.get(id) ?? { systemPresence: 'Offline', modifiedDate: '2025-01-01T00:00:00.000Z' },
    /** Changes a presence. `lose`: no notification arrives. `delayMs`: it arrives late. */
    setPresence(id: string, systemPresence: string, { lose = false, delayMs = 0 } = {}) {
      lastChange = Math.max(lastChange + 1, clock.wall());
      const presence = { systemPresence, modifiedDate: new Date(lastChange).toISOString() };
      platform.presences.set(id, presence);
      const tell = (): void => channels.publish(`v2.users.${id}.presence`, platform.eventOf(presence));
      if (!lose) {
        if (delayMs > 0) clock.setTimer(delayMs, tell);
        else tell();
      }
      return presence;
    },
    eventOf: ({ systemPresence, modifiedDate }: Fields) => ({
      source: 'PURECLOUD',
      presenceDefinition: { id: `d-${String(systemPresence)}`, systemPresence },
      primary: true,
      message: '',
      modifiedDate,
    }),
    bodyOf: (id: string) => {
      const { presenceDefinition, ...event } = platform.eventOf(platform.presenceOf(id));
      const selfUri = `/api/v2/presencedefinitions/${presenceDefinition.id}`;
      return { id, ...event, presenceDefinition: { ...presenceDefinition, selfUri }, selfUri: `/api/v2/users/${id}` };
    },
    setStatus(id: string, status: string) {
      const value = { userId: id, status, startTime: new Date(clock.wall()).toISOString() };
      platform.statuses.set(id, value);
      channels.publish(`v2.users.${id}.routingStatus`, { id, routingStatus: value });
    },
    /** Cuts all open sockets without a close. */
    cutSockets() {
      for (const socket of channels.sockets()) socket.isMuted = true;
    },
  };

  async function answer(method: string, url: string, body: unknown): Promise<unknown> {
    const { pathname, searchParams } = new URL(url);
    platform.reads.push(`${method} ${url.slice(ORIGIN.length)}`);
    const [before, after] = platform.latency();
    if (before > 0) await new Promise<void>((resolve) => void clock.setTimer(before, resolve));
    if (platform.failWith !== undefined) throw { status: platform.failWith };
    const result = find(method, pathname, searchParams, body);
    const text = JSON.stringify(result);
    if (after > 0) await new Promise<void>((resolve) => void clock.setTimer(after, resolve));
    return text === undefined ? undefined : JSON.parse(text);
  }

  function find(method: string, path: string, query: URLSearchParams, body: unknown): unknown {
    const known = platform.answers.get(`${method} ${path}`);
    if (known !== undefined) return typeof known === 'function' ? (known as (body: unknown) => unknown)(body) : known;
    const ids = (query.get('id') ?? '').split(',').filter((id) => !platform.unknown.has(id));
    if (path.endsWith('/presences/purecloud/bulk')) {
      if (ids.length > 50 || ids.includes('bad')) throw { status: 400 };
      return ids.map((id) => ({ ...platform.eventOf(platform.presenceOf(id)), primary: undefined, id, userId: id }));
    }
    if (path === '/api/v2/users') {
      const expands = (query.get('expand') ?? '').split(',');
      const fields: Record<string, (id: string) => unknown> = {
        presence: platform.bodyOf,
        routingStatus: (id) =>
          platform.statuses.get(id) ?? { userId: id, status: 'OFF_QUEUE', startTime: '2025-01-01T00:00:00.000Z' },
      };
      return {
        entities: ids.map((id) => ({
          id,
          ...Object.fromEntries(expands.flatMap((name) => (fields[name] ? [[name, fields[name](id)]] : []))),
        })),
      };
    }
    const id = /^\/api\/v2\/users\/([^/]+)\/presences\/purecloud$/.exec(path)?.[1];
    if (id === undefined || platform.unknown.has(id)) throw { status: 404 };
    if (method !== 'GET') platform.setPresence(id, String((body as Fields)['systemPresence']));
    return platform.bodyOf(id);
  }

  const client = {
    async callApi(...args: unknown[]): Promise<unknown> {
      const [path, , , request] = args as [string, string, unknown, { url: string; method: string; body: unknown }];
      if (!path.startsWith('/api/v2/notifications/')) return answer(request.method, request.url, request.body);
      try {
        return await inner(...args);
      } catch (error) {
        throw { status: callInfo(error)?.status };
      }
    },
  };
  const line = createHoldline({ clock, random, governor: false, breaker: false, retry: false, ...config });
  guardLine(client, line);
  const values = live(client, {
    ...options,
    notifications: { WebSocket: channels.WebSocket, clock, random, ...options.notifications },
  });
  const get = (path: string, authorization?: string): Promise<unknown> =>
    client.callApi(path, 'GET', {}, {}, authorization === undefined ? {} : { authorization }, {}, null);
  return { clock, channels, platform, line, client, values, get };
}

/** Ids of `n` users. */
export const userIds = (n: number): string[] => Array.from({ length: n }, (_, i) => `u${i}`);
