import { Readable } from 'node:stream';
import { guardAxios } from '@holdline/axios';
import {
  createHoldline,
  holdlineOf,
  mergeConfig,
  release,
  withTransaction,
  type Holdline,
  type HoldlineConfig,
  type Store,
} from '@holdline/core';
import { cxone, guardCxone } from '@holdline/cxone';
import { genesysCloud, guardGenesys } from '@holdline/genesys';
import { inbox, type Inbox } from '@holdline/inbox';
import axios from 'axios';
import { bearer, loadNice, type NiceRequest } from '../nice.js';
import { loadSdk, sleep, type Client, type Sdk } from '../support.js';
import { RefusedEvent } from './outcome.js';
import { KEYED_PATH, READ_PATH, WRITE_PATH } from './platform.js';
import type { ClientName, Operation } from './table.mjs';

/** A source of a request body. `undefined` ends the stream, an error breaks it. */
export type Source = () => AsyncGenerator<Uint8Array>;

/** A guarded client that makes one call of each kind. */
export interface FaultClient {
  readonly line: Holdline;
  /** Makes one call. The platform executes a write under its id. */
  call(operation: Operation, id: string, source?: Source): Promise<unknown>;
  release(): Promise<void> | void;
}

type Connect = (url: string, config: HoldlineConfig) => Promise<FaultClient>;

/** The body of an upload, in two chunks. */
const sourceOf = (id: string): Source =>
  async function* () {
    const text = Buffer.from(JSON.stringify({ id }));
    yield text.subarray(0, 4);
    yield text.subarray(4);
  };

/** The fetch of Node, before any adapter replaces it. */
const nativeFetch = globalThis.fetch;

/** Fetches a token over the wire, as the grants of the adapters do. */
function grantOf(url: string): () => Promise<{ accessToken: string; expiresInMs: number }> {
  return async () => {
    const response = await nativeFetch(`${url}/oauth/token`, { method: 'POST', body: 'grant_type=client_credentials' });
    const { access_token: accessToken } = (await response.json()) as { access_token: string };
    return { accessToken, expiresInMs: 86_400_000 };
  };
}

const KEYED = { endpoints: { [`POST ${KEYED_PATH}`]: { keyed: true } } };

/** Makes a guarded instance of each client under test. */
export const CLIENTS: Record<ClientName, Connect> = {
  async axios(url, config) {
    const line = createHoldline(mergeConfig({ ...KEYED, token: { grant: grantOf(url), origins: [url] } }, config));
    const api = guardAxios(axios.create({ baseURL: url }), line);
    return {
      line,
      call(operation, id, source = sourceOf(id)) {
        switch (operation) {
          case 'read':
            return api.get(READ_PATH);
          case 'keyed write':
            return api.post(KEYED_PATH, { id });
          case 'unkeyed write':
            return api.post(WRITE_PATH, { id });
          case 'stream':
            return api.post(WRITE_PATH, Readable.from(source()));
        }
      },
      release: () => void release(api),
    };
  },

  async genesys(url, config) {
    const sdk = loadSdk();
    const client = new sdk.ApiClientClass();
    client.config.live_reload_config = false;
    const { hostname: host, port, protocol } = new URL(url);
    client.setGateway({ host, port, protocol: protocol.slice(0, -1) });
    guardGenesys(client, genesysCloud(config));
    await client.loginClientCredentialsGrant('id', 'secret');
    const users = new sdk.UsersApi(client);
    const contacts = new sdk.ExternalContactsApi(client);
    const quality = new sdk.QualityApi(client);
    return {
      line: holdlineOf(client) as Holdline,
      call(operation, id, source = sourceOf(id)) {
        switch (operation) {
          case 'read':
            return users.getUsersMe();
          case 'keyed write':
            return quality.postQualityConversationEvaluations('c1', { id });
          case 'unkeyed write':
            return contacts.postExternalcontactsContacts({ id });
          case 'stream':
            return upload(client, sdk, `${url}${WRITE_PATH}`, source);
        }
      },
      release: () => void release(client),
    };
  },

  async cxone(url, config) {
    const { HttpClient, CXoneAuth } = await loadNice();
    const auth = CXoneAuth.instance;
    const grant = grantOf(url);
    auth.setAuthToken({ ...(await grant()), expiresIn: 86_400, accessTokenTime: Date.now() });
    const own = { ...KEYED, token: { grant } };
    const sdk = guardCxone({ HttpClient, CXoneAuth, origins: [url] }, cxone(mergeConfig(own, config)));
    const currentToken = (): string | undefined => auth.getAuthToken().accessToken;
    const headers = (): NiceRequest => bearer(currentToken());
    return {
      line: holdlineOf(sdk) as Holdline,
      call(operation, id, source = sourceOf(id)) {
        switch (operation) {
          case 'read':
            return HttpClient.get(`${url}${READ_PATH}`, headers());
          case 'keyed write':
            return HttpClient.post(`${url}${KEYED_PATH}`, { ...headers(), body: { id } });
          case 'unkeyed write':
            return HttpClient.post(`${url}${WRITE_PATH}`, { ...headers(), body: { id } });
          // The SDK turns every body into text. An application uploads a stream with the guarded fetch.
          case 'stream':
            return fetchUpload(`${url}${WRITE_PATH}`, currentToken(), source);
        }
      },
      release: () => void release(sdk),
    };
  },

  /** The call is made by the handler of an event. The inbox handles an event twice at most, each time in the same transaction. */
  async inbox(url, config) {
    const api = await CLIENTS.axios(url, config);
    const sources = new Map<string, Source | undefined>();
    const failures = new Map<string, unknown>();
    const ends = new Map<string, (error?: unknown) => void>();
    let events: Inbox | undefined;
    const open = (): Inbox => {
      const opened = inbox({
        store: config.store as Store,
        ...(config.clock && { clock: config.clock }),
        retry: { maxAttempts: 2, backoff: [50] },
        claimMs: CLAIM_MS,
        async handle({ event: { id, data } }) {
          try {
            await withTransaction(id, () => api.call(data as Operation, id, sources.get(id)));
          } catch (error) {
            failures.set(id, error);
            throw error;
          }
        },
      });
      opened.on('handled', ({ id }) => ends.get(id)?.());
      opened.on('deadLetter', ({ id }) => ends.get(id)?.(failures.get(id)));
      return opened;
    };
    return {
      line: api.line,
      async call(operation, id, source) {
        // The first read opens no inbox, so a process handles the events of an earlier one when it is told to.
        if (id === WARM_UP) return api.call(operation, id);
        sources.set(id, source);
        const ended = new Promise<void>((resolve, reject) => {
          ends.set(id, (error) => (error === undefined ? resolve() : reject(error as Error)));
        });
        events ??= open();
        // The sender repeats an event that is refused.
        for (let tries = 1; ; tries++) {
          const { result } = await events.accept({ id, data: operation });
          if (result !== 'refused') return ended;
          if (tries === MAX_SENDS) throw new RefusedEvent('the inbox refused the event');
          await sleep(SEND_PAUSE_MS);
        }
      },
      async release() {
        await events?.close();
        await api.release();
      },
    };
  },
};

/** Id of the first read of each client. */
export const WARM_UP = 'warm-up';

/** Time in ms after which an inbox takes over the events of a process that was killed. */
const CLAIM_MS = 1_000;

/** How often a sender sends an event, and the pause between, ms. */
const MAX_SENDS = 5;
const SEND_PAUSE_MS = 500;

/** Uploads with the HTTP client of the SDK. `callApi` never settles here, because its log cannot print a stream. */
async function upload(client: Client, sdk: Sdk, url: string, source: Source): Promise<unknown> {
  const headers = { Authorization: `Bearer ${client.authData.accessToken}`, 'Content-Type': 'application/json' };
  const request = new sdk.HttpRequestOptions(url, 'POST', headers);
  request.data = Readable.from(source());
  return client.getHttpClient().request(request);
}

async function fetchUpload(url: string, token: string | undefined, source: Source): Promise<unknown> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}` },
    body: Readable.toWeb(Readable.from(source())),
    duplex: 'half',
  } as unknown as RequestInit);
  await response.text();
  // An application treats such an answer as an error.
  if (!response.ok) throw response;
  return response;
}
