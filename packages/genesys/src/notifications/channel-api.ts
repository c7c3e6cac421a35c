import { callInfo, withCall, type CallContext } from '@holdline/core';
import type { ApiClientLike } from '../sdk/api-client.js';
import { sendRequest } from '../sdk/send-request.js';
import { noteCreationError, TopicRejectedError } from './topic-refusal.js';

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

  constructor(
    readonly client: ApiClientLike,
    /** Runs a function in the context of the feed. */
    readonly runApart: <T>(fn: () => T) => T,
  ) {}

  /** @param signal - Aborts the request. */
  create(signal: AbortSignal): Promise<PlatformChannel> {
    const created = this.#creation.then(
      async () => (await this.#send({ signal }, 'POST', CHANNELS, {}, null)) as PlatformChannel,
    );
    this.#creation = created.catch(noteCreationError);
    return created;
  }

  /** Replaces the topics of the channel, and so extends the life of the channel. May be repeated. */
  async subscribe({ id }: PlatformChannel, topics: Iterable<string>, signal: AbortSignal): Promise<void> {
    const body = [...topics].map((topic) => ({ id: topic }));
    let answer: unknown;
    try {
      const path = `${CHANNELS}/{channelId}/subscriptions`;
      answer = await this.#send({ signal }, 'PUT', path, { channelId: id }, body);
    } catch (error) {
      if (callInfo(error)?.status === 404) throw new ChannelGoneError();
      throw error;
    }
    checkStates(answer);
  }

  /** Removes all topics of the channel. The request ends after `withinMs`, also when it was not sent. */
  async unsubscribe({ id }: PlatformChannel, withinMs: number): Promise<void> {
    const path = `${CHANNELS}/{channelId}/subscriptions`;
    await this.#send({ totalTimeoutMs: withinMs }, 'DELETE', path, { channelId: id }, null);
  }

  #send(context: CallContext, method: string, path: string, pathParams: object, body: unknown): Promise<unknown> {
    const send = (): Promise<unknown> => sendRequest(this.client, { method, path, pathParams, body });
    return this.runApart(() => withCall(context, send));
  }
}

/** The platform may accept a request and refuse some of its topics. No notification of theirs would arrive. */
function checkStates(answer: unknown): void {
  const { entities } = (answer ?? {}) as { entities?: unknown };
  if (!Array.isArray(entities)) return;
  const rejected = (entities as ({ id?: string; state?: string; rejectionReason?: string } | null)[]).find(
    (topic) => topic?.state === 'Rejected',
  );
  if (!rejected) return;
  throw new TopicRejectedError(
    `the platform rejected the topic ${String(rejected.id)}: ${rejected.rejectionReason ?? 'it named no reason'}`,
  );
}
