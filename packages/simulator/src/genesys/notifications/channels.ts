import { BoundedMap } from '../../bounded-map.js';
import type { NotificationOptions } from '../../options/notification-options.js';
import { type Random, generateUuid } from '../../random.js';
import { Channel, type ChannelSocket, type ChannelState } from './channel.js';

/** Maximum number of stored channels. The oldest is deleted first. */
const MAX_CHANNELS = 100_000;

/** All notification channels: creation, extension, eviction, expiry and events. */
export class Channels {
  readonly #settings: () => Required<NotificationOptions>;
  readonly #now: () => number;
  readonly #newId: () => string;
  readonly #random: Random;
  readonly #channels = new BoundedMap<string, Channel>(MAX_CHANNELS);
  readonly #byOwner = new BoundedMap<string, Channel[]>(MAX_CHANNELS);

  constructor(settings: () => Required<NotificationOptions>, now: () => number, newId: () => string, random: Random) {
    this.#settings = settings;
    this.#now = now;
    this.#newId = newId;
    this.#random = random;
  }

  /** Creates a channel. When the owner has too many, the oldest is evicted. */
  createChannel(owner: string, user: string, isStreaming: boolean): Channel {
    const { channelsPerUser, expiresInMs } = this.#settings();
    const id = `streaming-${this.#newId()}`;
    const channel = new Channel(id, owner, user, isStreaming, this.#now() + expiresInMs);
    const owned = [...this.listOwned(owner), channel];
    while (owned.length > channelsPerUser) {
      const [oldest] = owned.splice(0, 1);
      if (oldest !== undefined) this.#endChannel(oldest, 'evicted');
    }
    this.#byOwner.set(owner, owned);
    this.#channels.set(channel.id, channel);
    return channel;
  }

  /** Finds a channel that has not expired. */
  findChannel(id: string): Channel | undefined {
    const channel = this.#channels.get(id);
    if (channel === undefined || this.#now() < channel.expiresAt) return channel;
    this.#endChannel(channel, 'expired');
    return undefined;
  }

  listOwned(owner: string): readonly Channel[] {
    return (this.#byOwner.get(owner) ?? []).filter(({ id }) => this.findChannel(id) !== undefined);
  }

  listStates(): ChannelState[] {
    return [...this.#channels.values()]
      .filter(({ expiresAt }) => this.#now() < expiresAt)
      .map(({ id, user, topics, sockets }) => ({ id, user, topics: [...topics], sockets: sockets.size }));
  }

  /** Sets the topics of a channel and extends its life. Returns false for too many topics. */
  setTopics(channel: Channel, topics: readonly string[]): boolean {
    const { topicsPerChannel, expiresInMs } = this.#settings();
    if (new Set(topics).size > topicsPerChannel) return false;
    channel.setTopics(topics);
    channel.expiresAt = this.#now() + expiresInMs;
    if (channel.sockets.size > 0) this.#scheduleExpiry(channel);
    return true;
  }

  /** Adds a socket to a channel. The returned function removes it. */
  attachSocket(channel: Channel, socket: ChannelSocket): () => void {
    channel.sockets.add(socket);
    this.#scheduleExpiry(channel);
    return () => {
      channel.sockets.delete(socket);
      if (channel.sockets.size === 0) clearTimeout(channel.timer);
    };
  }

  /** Sends an event to all subscribed sockets and returns their number. Some lose it, by the option `lossRate`. */
  publishEvent(topic: string, body: unknown): number {
    const { lossRate } = this.#settings();
    const event = { topic, body, correlationId: generateUuid(this.#random) };
    let announced = 0;
    for (const channel of this.#channels.values()) {
      if (channel.sockets.size === 0 || !channel.isSubscribedTo(topic)) continue;
      for (const socket of channel.sockets) {
        if (lossRate > 0 && this.#random.next() < lossRate) continue;
        socket.deliver(event);
        announced += 1;
      }
    }
    return announced;
  }

  /** Announces to all sockets that they will be closed, closes them after `afterMs`, and returns their number. */
  announceClosing(afterMs: number): number {
    const announced = [...this.#channels.values()].flatMap(({ sockets }) => [...sockets]);
    for (const socket of announced) socket.announceClosing();
    const timer = setTimeout(() => {
      for (const { sockets } of this.#channels.values())
        for (const socket of [...sockets]) if (announced.includes(socket)) socket.close();
    }, afterMs);
    timer.unref();
    return announced.length;
  }

  /** Ends the channel when it expires. Only channels with sockets have a timer. */
  #scheduleExpiry(channel: Channel): void {
    clearTimeout(channel.timer);
    channel.timer = setTimeout(() => this.findChannel(channel.id), Math.ceil(channel.expiresAt - this.#now()) + 1);
  }

  #endChannel(channel: Channel, reason: string): void {
    this.#channels.delete(channel.id);
    const rest = (this.#byOwner.get(channel.owner) ?? []).filter((other) => other !== channel);
    if (rest.length > 0) this.#byOwner.set(channel.owner, rest);
    else this.#byOwner.delete(channel.owner);
    clearTimeout(channel.timer);
    for (const socket of channel.sockets) socket.end(reason);
  }
}
