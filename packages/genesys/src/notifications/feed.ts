import { check, ConfigError, Listeners, type Holdline, type Undo } from '@holdline/core';
import { guardWebSocket } from '@holdline/websocket';
import type { ApiClientLike } from '../sdk/api-client.js';
import { ChannelApi } from './channel-api.js';
import { Channel, type ChannelHost } from './channel.js';
import { NOTIFICATION_EVENTS, type Gap, type NotificationEvents } from './events.js';
import type { ResolvedNotifications } from './options.js';
import { Reader, type Item } from './reader.js';

const checkTopics = check.list(check.text);

/** Notifications of a client: topics are told to listeners and to async iterators, over as many channels as it takes. */
export class NotificationFeed implements AsyncIterable<Item> {
  readonly #options: ResolvedNotifications;
  readonly #listeners = new Listeners(NOTIFICATION_EVENTS);
  readonly #readers = new Set<Reader>();
  readonly #channels: Channel[] = [];
  /** Topics that some `subscribe` still waits for. */
  readonly #pendingTopics = new Map<string, Promise<void>>();
  readonly #host: ChannelHost;
  #channelCount = 0;
  #isClosed = false;
  #closed: Promise<void> | undefined = undefined;
  readonly #stopListening: Undo;

  /** Made by `notifications`. */
  constructor(client: ApiClientLike, line: Holdline, options: ResolvedNotifications) {
    this.#options = options;
    // Without its line it would only be refused, again and again.
    this.#stopListening = line.onClose(() => this.close());
    const { WebSocket, handshakes, clock, random } = options;
    this.#host = {
      api: new ChannelApi(client),
      options,
      listeners: this.#listeners,
      // No frames leave but pings.
      Socket: guardWebSocket(WebSocket, { handshakes, frames: false, clock, random }),
      deliver: (notification) => {
        this.#listeners.emit('notification', notification);
        for (const reader of this.#readers) reader.push(notification);
      },
      reportGap: (topics, from, reason) => {
        const gap: Gap = { kind: 'gap', topics, from, to: clock.wall(), reason };
        this.#listeners.emit('gap', gap);
        for (const reader of this.#readers) reader.push(gap);
      },
    };
  }

  /** All topics subscribed to. */
  get topics(): readonly string[] {
    return this.#channels.flatMap(({ topics }) => [...topics]);
  }

  /** Channels in use. */
  get channels(): number {
    return this.#channels.length;
  }

  /**
   * Subscribes to topics; those subscribed to already are left alone. Settles when the platform has taken them all and what they
   * tell is heard. Where it rejects, those of this call on the channel that failed are not subscribed to; other calls go on.
   *
   * @throws ConfigError for what is no topic, and where there would be more than the channels can take: nothing is sent then.
   */
  async subscribe(topics: string | readonly string[]): Promise<void> {
    if (this.#isClosed) throw new ConfigError('the notifications were closed');
    const { maxChannels, topicsPerChannel } = this.#options;
    const known = new Set(this.topics);
    const asked = [...new Set(checkTopics(toList(topics), 'topics'))];
    const wanted = asked.filter((topic) => !known.has(topic));
    const most = maxChannels * topicsPerChannel;
    if (known.size + wanted.length > most)
      throw new ConfigError(
        `topics must be at most ${most} (${maxChannels} channels of ${topicsPerChannel}), got ${known.size + wanted.length}`,
      );
    const changes = asked.flatMap((topic) => {
      const pending = this.#pendingTopics.get(topic);
      // Another one asked for it, maybe beside one that is refused.
      return pending ? [pending.catch(() => this.subscribe(topic))] : [];
    });
    for (let from = 0; from < wanted.length;) {
      const channel = this.#findOrCreateChannel();
      const to = from + topicsPerChannel - channel.topics.size;
      changes.push(this.#addTopics(channel, wanted.slice(from, to)));
      from = to;
    }
    await settleAll(changes);
  }

  /** Unsubscribes from topics; from those that are not subscribed to nothing happens. A channel without topics is given up. */
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

  /**
   * Listens.
   * @returns what stops the listening.
   */
  on<E extends keyof NotificationEvents>(event: E, listener: (told: NotificationEvents[E]) => void): Undo {
    return this.#listeners.on(event, listener);
  }

  /** What is told from now on, gaps included. Several may read side by side. */
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

  /**
   * Ends it: sockets are closed, subscriptions are given up, iterators end after what they have. Settles within `closeTimeoutMs`, whatever
   * the platform does: a channel whose subscriptions could not be given up expires there by itself, and is told as `closed`.
   */
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

/** Waits for all, also where one fails. */
async function settleAll(changes: Promise<void>[]): Promise<void> {
  for (const end of await Promise.allSettled(changes)) if (end.status === 'rejected') throw end.reason;
}
