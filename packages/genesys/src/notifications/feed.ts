import {
  check,
  ConfigError,
  currentContext,
  Listeners,
  withOwnContext,
  type Holdline,
  type Undo,
} from '@holdline/core';
import { guardWebSocket } from '@holdline/websocket';
import type { ApiClientLike } from '../sdk/api-client.js';
import { ChannelApi } from './channel-api.js';
import { Channel, type ChannelHost } from './channel.js';
import { expandTopic } from './topic-names.js';
import { NOTIFICATION_EVENTS, type Gap, type Notification, type NotificationEvents } from './events.js';
import type { ResolvedNotifications } from './options.js';
import { Reader } from './reader.js';

const checkTopics = check.list(check.text);

/**
 * The notifications of a client. Listeners and async iterators receive them. Topics are spread over several channels.
 * @public
 */
export interface NotificationFeed extends AsyncIterable<Notification | Gap> {
  /** All topics of the feed. */
  readonly topics: readonly string[];
  /** Number of channels in use. */
  readonly channels: number;
  /**
   * Subscribes to topics. Topics of an earlier call stay as they are. Settles when the platform has accepted all topics and their
   * sockets are open. A rejection removes the topics of this call from the channel that failed. Other calls are not affected.
   *
   * @throws ConfigError if a topic is no text, or the topics exceed all channels. Then nothing is sent.
   */
  subscribe(topics: string | readonly string[]): Promise<void>;
  /** Unsubscribes from topics. Unknown topics are ignored. A channel without topics is closed. */
  unsubscribe(topics: string | readonly string[]): Promise<void>;
  /**
   * Adds a listener.
   * @returns a function that removes the listener.
   */
  on<E extends keyof NotificationEvents>(event: E, listener: (event: NotificationEvents[E]) => void): Undo;
  /** Iterates over the notifications and gaps from now on. Several iterators may run side by side. */
  [Symbol.asyncIterator](): AsyncIterableIterator<Notification | Gap>;
  /**
   * Closes the feed: sockets close, subscriptions are removed, iterators end after their buffered items. Settles within
   * `closeTimeoutMs`, even when the platform does not answer. A channel that still has subscriptions then expires on the platform. The
   * event `closed` counts such channels.
   */
  close(): Promise<void>;
}

/** The feed that spreads its topics over channels. */
export class ChannelFeed implements NotificationFeed {
  readonly #options: ResolvedNotifications;
  readonly #listeners = new Listeners(NOTIFICATION_EVENTS);
  readonly #readers = new Set<Reader>();
  readonly #channels: Channel[] = [];
  /** Topics that a `subscribe` still waits for. */
  readonly #pendingTopics = new Map<string, Promise<void>>();
  readonly #host: ChannelHost;
  #channelCount = 0;
  #isClosed = false;
  #closed: Promise<void> | undefined;
  readonly #stopListening: Undo;

  /** `notifications` makes feeds. */
  constructor(client: ApiClientLike, line: Holdline, options: ResolvedNotifications) {
    this.#options = options;
    // A closed line would refuse every request of the feed.
    this.#stopListening = line.onClose(() => this.close());
    const { WebSocket, handshakes, clock, random } = options;
    const invalidate = (topic: string): void => {
      // A name with spaces is no topic of an endpoint.
      if (/^\S+$/.test(topic)) line.invalidate(topic);
    };
    // The feed outlives its caller, whose budget, signal or transaction must not end a renewal. Its channels belong to the tenant.
    const { tenant } = currentContext();
    const runApart = <T>(fn: () => T): T => withOwnContext({ tenant }, fn);
    // The only outgoing frames are pings.
    const Socket = guardWebSocket(WebSocket, { handshakes, frames: false, clock, random });
    this.#host = {
      api: new ChannelApi(client, runApart),
      options,
      listeners: this.#listeners,
      openSocket: (url) => runApart(() => new Socket(url) as WebSocket),
      deliver: (notification) => {
        invalidate(notification.topic);
        this.#listeners.emit('notification', notification);
        for (const reader of this.#readers) reader.push(notification);
      },
      reportGap: (topics, from, reason) => {
        // A lost notification would have made the answers of its topic invalid.
        for (const topic of topics.flatMap(expandTopic)) invalidate(topic);
        const gap: Gap = { kind: 'gap', topics, from, to: clock.wall(), reason };
        this.#listeners.emit('gap', gap);
        for (const reader of this.#readers) reader.push(gap);
      },
    };
  }

  get topics(): readonly string[] {
    return this.#channels.flatMap(({ topics }) => [...topics]);
  }

  get channels(): number {
    return this.#channels.length;
  }

  async subscribe(topics: string | readonly string[]): Promise<void> {
    if (this.#isClosed) throw new ConfigError('the notification feed was closed');
    const { maxChannels, topicsPerChannel } = this.#options;
    const subscribed = new Set(this.topics);
    const requested = [...new Set(checkTopics(toList(topics), 'topics'))];
    const added = requested.filter((topic) => !subscribed.has(topic));
    const maxTopics = maxChannels * topicsPerChannel;
    if (subscribed.size + added.length > maxTopics)
      throw new ConfigError(
        `topics must be at most ${maxTopics} (${maxChannels} channels of ${topicsPerChannel}), got ${subscribed.size + added.length}`,
      );
    const changes = requested.flatMap((topic) => {
      const pending = this.#pendingTopics.get(topic);
      // Another call has requested this topic, maybe together with a topic that is refused.
      return pending ? [pending.catch(() => this.subscribe(topic))] : [];
    });
    for (let from = 0; from < added.length;) {
      const channel = this.#findOrCreateChannel();
      const to = from + topicsPerChannel - channel.topics.size;
      changes.push(this.#addTopics(channel, added.slice(from, to)));
      from = to;
    }
    await settleAll(changes);
  }

  /** Monotonic time of the last message on the channel of a topic, in ms; undefined while no open socket carries the topic. */
  heardAt(topic: string): number | undefined {
    return this.#channels.find(({ topics }) => topics.has(topic))?.heardAt(topic);
  }

  async unsubscribe(topics: string | readonly string[]): Promise<void> {
    const unwanted = checkTopics(toList(topics), 'topics');
    const changes: Promise<void>[] = [];
    for (const channel of [...this.#channels]) {
      const own = unwanted.filter((topic) => channel.topics.has(topic));
      if (own.length === 0) continue;
      changes.push(channel.remove(own));
      if (channel.topics.size > 0) continue;
      this.#channels.splice(this.#channels.indexOf(channel), 1);
      changes.push(channel.close(this.#options.closeTimeoutMs).then(() => undefined));
    }
    await settleAll(changes);
  }

  on<E extends keyof NotificationEvents>(event: E, listener: (event: NotificationEvents[E]) => void): Undo {
    return this.#listeners.on(event, listener);
  }

  [Symbol.asyncIterator](): Reader {
    const { maxBuffered, clock } = this.#options;
    const reader = new Reader(
      maxBuffered,
      () => clock.wall(),
      (reader) => this.#readers.delete(reader),
    );
    if (this.#isClosed) reader.end();
    else this.#readers.add(reader);
    return reader;
  }

  close(): Promise<void> {
    return (this.#closed ??= this.#close());
  }

  async #close(): Promise<void> {
    const { clock, closeTimeoutMs } = this.#options;
    const startedAt = clock.now();
    this.#isClosed = true;
    this.#stopListening();
    const ends = await Promise.all(this.#channels.splice(0).map((channel) => channel.close(closeTimeoutMs)));
    for (const reader of this.#readers) reader.end();
    this.#readers.clear();
    const channels = ends.filter((isDone) => !isDone).length;
    this.#listeners.emit('closed', { tookMs: clock.now() - startedAt, channels });
  }

  #addTopics(channel: Channel, topics: readonly string[]): Promise<void> {
    const change: Promise<void> = channel.add(topics).finally(() => {
      for (const topic of topics) if (this.#pendingTopics.get(topic) === change) this.#pendingTopics.delete(topic);
    });
    for (const topic of topics) this.#pendingTopics.set(topic, change);
    return change;
  }

  #findOrCreateChannel(): Channel {
    const { topicsPerChannel } = this.#options;
    const free = this.#channels.find(({ topics }) => topics.size < topicsPerChannel);
    if (free) return free;
    const channel = new Channel(++this.#channelCount, this.#host);
    this.#channels.push(channel);
    return channel;
  }
}

function toList(topics: string | readonly string[]): unknown {
  return typeof topics === 'string' ? [topics] : topics;
}

/** Waits for all changes, then rejects with the first failure. */
async function settleAll(changes: Promise<void>[]): Promise<void> {
  for (const end of await Promise.allSettled(changes)) if (end.status === 'rejected') throw end.reason;
}
