import { callInfo, withCall } from '@holdline/core';
import type { ApiClientLike } from '../sdk/api-client.js';
import { sendRequest } from '../sdk/send-request.js';

const CHANNELS = '/api/v2/notifications/channels';

/** A channel as the platform gives it. Its address is a secret: everybody who has it may listen. */
export interface PlatformChannel {
  readonly id: string;
  readonly connectUri: string;
}

/** The platform does not know the channel: another channel evicted it, or it expired. */
export class ChannelGoneError extends Error {
  override name = 'ChannelGoneError';
  constructor() {
    super('the platform does not know the channel any more: another channel evicted it, or it expired');
  }
}

/** The HTTP requests about channels, sent by the guarded client. */
export class ChannelApi {
  /** The last creation: the platform refuses creations side by side. */
  #creation: Promise<unknown> = Promise.resolve();

  constructor(readonly client: ApiClientLike) {}

  /** @param signal - Aborts the request. */
  create(signal: AbortSignal): Promise<PlatformChannel> {
    const created = this.#creation.then(
      async () => (await this.#sendUnlessAborted(signal, 'POST', CHANNELS, {}, null)) as PlatformChannel,
    );
    this.#creation = created.catch(() => undefined);
    return created;
  }

  /** Replaces the topics of the channel, and so extends the life of the channel. May be repeated. */
  async subscribe({ id }: PlatformChannel, topics: Iterable<string>, signal: AbortSignal): Promise<void> {
    const body = [...topics].map((topic) => ({ id: topic }));
    try {
      await this.#sendUnlessAborted(signal, 'PUT', `${CHANNELS}/{channelId}/subscriptions`, { channelId: id }, body);
    } catch (error) {
      if (callInfo(error)?.status === 404) throw new ChannelGoneError();
      throw error;
    }
  }

  /** Removes all topics of the channel. The request ends after `withinMs`, also when it was not sent. */
  async unsubscribe({ id }: PlatformChannel, withinMs: number): Promise<void> {
    await withCall({ totalTimeoutMs: withinMs }, () =>
      this.#send('DELETE', `${CHANNELS}/{channelId}/subscriptions`, { channelId: id }, null),
    );
  }

  #sendUnlessAborted(signal: AbortSignal, ...request: [string, string, object, unknown]): Promise<unknown> {
    return withCall({ signal }, () => this.#send(...request));
  }

  #send(method: string, path: string, pathParams: object, body: unknown): Promise<unknown> {
    return sendRequest(this.client, { method, path, pathParams, body });
  }
}
