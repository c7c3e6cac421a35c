import { callInfo, withCall } from '@holdline/core';
import type { ApiClientLike } from '../sdk.js';

const CHANNELS = '/api/v2/notifications/channels';

/** A channel of the platform. Who knows the address may listen: it is as good as a secret. */
export interface Place {
  readonly id: string;
  readonly connectUri: string;
}

/** The channel is no more: it was evicted by another one, or its time was over. */
export class ChannelGone extends Error {
  override name = 'ChannelGone';
  constructor() {
    super('the platform does not know the channel any more');
  }
}

/** The requests about channels, through the client. */
export class ChannelApi {
  /** The platform refuses channels that are made side by side. */
  #making: Promise<unknown> = Promise.resolve();

  constructor(readonly client: ApiClientLike) {}

  /** @param signal Gives it up. */
  make(signal: AbortSignal): Promise<Place> {
    const made = this.#making.then(async () => (await this.#unless(signal, 'POST', CHANNELS, {}, null)) as Place);
    this.#making = made.catch(() => undefined);
    return made;
  }

  /** Makes these the topics of the channel, which then lives on. May be repeated. */
  async subscribe({ id }: Place, topics: Iterable<string>, signal: AbortSignal): Promise<void> {
    const body = [...topics].map((topic) => ({ id: topic }));
    try {
      await this.#unless(signal, 'PUT', `${CHANNELS}/{channelId}/subscriptions`, { channelId: id }, body);
    } catch (error) {
      if (callInfo(error)?.status === 404) throw new ChannelGone();
      throw error;
    }
  }

  /** Gives up all topics. What cannot be sent in that time is not sent. */
  async unsubscribe({ id }: Place, withinMs: number): Promise<void> {
    await withCall({ totalTimeoutMs: withinMs }, () =>
      this.#send('DELETE', `${CHANNELS}/{channelId}/subscriptions`, { channelId: id }, null),
    );
  }

  #unless(signal: AbortSignal, ...request: [string, string, object, unknown]): Promise<unknown> {
    return withCall({ signal }, () => this.#send(...request));
  }

  async #send(method: string, path: string, pathParams: object, body: unknown): Promise<unknown> {
    const json = ['application/json'];
    const call = this.client.callApi as (...args: unknown[]) => Promise<unknown>;
    const auth = ['PureCloud OAuth'];
    const answer = await call.call(this.client, path, method, pathParams, {}, {}, {}, body, auth, json, json);
    // With `setReturnExtendedResponses(true)` the SDK gives more than the body.
    const { status, body: inner } = (answer ?? {}) as { status?: unknown; body?: unknown };
    return typeof status === 'number' && inner !== undefined ? inner : answer;
  }
}
