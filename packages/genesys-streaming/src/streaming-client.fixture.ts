import { EventEmitter } from 'node:events';
import type { RequestOptions, StanzaLike, StreamingClientLike } from './sdk.js';

/** A session of the SDK. */
export class FakeStanza extends EventEmitter implements StanzaLike {
  disconnect(): void {
    this.emit('disconnected');
  }
}

/** How an attempt to open a session ends. */
export type Fate = 'open' | 'closed' | 'sasl' | 'hang';

/** The SDK's error for a wrong password. */
class SaslError extends Error {
  readonly condition = 'not-authorized';
}

/** A streaming client with the hooked functions, without the SDK's timers. */
export function fakeClient(fates: Fate[] = []) {
  const attempts: (string | undefined)[] = [];
  const requests: { path: string; options: RequestOptions }[] = [];
  const stanzas: FakeStanza[] = [];
  const answers: (number | { status: number; headers?: object })[] = [];
  const decided: unknown[] = [];
  class Connections {
    async getNewStanzaConnection(): Promise<StanzaLike> {
      attempts.push(client.config.authToken);
      const fate = fates.shift() ?? 'open';
      await Promise.resolve();
      // The SDK rejects with undefined when the socket closes.
      if (fate === 'closed') return Promise.reject(undefined);
      if (fate === 'sasl') throw new SaslError();
      if (fate === 'hang') return new Promise(() => undefined);
      const stanza = new FakeStanza();
      stanzas.push(stanza);
      return stanza;
    }
  }
  class Http {
    async requestApi(path: string, options: RequestOptions): Promise<unknown> {
      requests.push({ path, options });
      await Promise.resolve();
      const answer = answers.shift() ?? 200;
      const { status, headers = {} } = typeof answer === 'number' ? { status: answer } : answer;
      const response = { status, headers, data: { path }, config: {} };
      if (status < 400) return response;
      throw Object.assign(new Error(`status ${status}`), { response, config: {} });
    }
    requestApiWithRetry(path: string, options: RequestOptions): { promise: Promise<unknown> } {
      return { promise: this.requestApi(path, options) };
    }
  }
  class Client implements StreamingClientLike {
    config: StreamingClientLike['config'] = {
      host: 'wss://streaming.mypurecloud.com',
      apiHost: 'mypurecloud.com',
      authToken: 't1',
      channelId: 'channel-1',
    };
    http = new Http();
    connectionManager = new Connections();
    connecting = false;
    async connect(): Promise<void> {
      this.connecting = true;
      await this.connectionManager.getNewStanzaConnection();
      this.connecting = false;
    }
    disconnect(): Promise<void> {
      return Promise.resolve();
    }
    setAccessToken(token: string): void {
      this.config.authToken = token;
    }
    backoffConnectRetryHandler(_options: object, error: unknown): Promise<boolean> {
      decided.push(error);
      return Promise.resolve(true);
    }
  }
  const client = new Client();
  return { client, attempts, requests, stanzas, answers, decided };
}
