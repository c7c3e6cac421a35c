import { BoundedMap } from '../../bounded-map.js';
import type { NotificationOptions } from '../../options/notification-options.js';
import { Channel, type ChannelSocket, type ChannelState } from './channel.js';

/** Channels remembered; the oldest are forgotten beyond it. */
const MAX_CHANNELS = 100_000;

/** All channels: made, extended, evicted, expired; and the way events take to them. */
export class Channels {
  readonly #settings: () => Required<NotificationOptions>;
  readonly #now: () => number;
  readonly #newId: () => string;
  readonly #channels = new BoundedMap<string, Channel>(MAX_CHANNELS);
  readonly #byOwner = new BoundedMap<string, Channel[]>(MAX_CHANNELS);

  constructor(settings: () => Required<NotificationOptions>, now: () => number, newId: () => string) {
    this.#settings = settings;
    this.#now = now;
    this.#newId = newId;
  }

  /** Makes a channel. The oldest of the owner makes room if there are too many. */
  createChannel(owner: string, user: string, isStreaming: boolean): Channel {
    const { channelsPerUser, lifetimeMs } = this.#settings();
    const id = `streaming-${this.#newId()}`;
    const channel = new Channel(id, owner, user, isStreaming, this.#now() + lifetimeMs);
    const mine = [...this.listOwned(owner), channel];
    while (mine.length > channelsPerUser) {
      const [oldest] = mine.splice(0, 1);
      if (oldest !== undefined) this.#endChannel(oldest, 'evicted');
    }
    this.#byOwner.set(owner, mine);
    this.#channels.set(channel.id, channel);
    return channel;
  }

  /** A living channel. */
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

  /** Subscribing anew is what makes a channel live on. False: too many topics. */
  setTopics(channel: Channel, topics: readonly string[]): boolean {
    const { topicsPerChannel, lifetimeMs } = this.#settings();
    if (new Set(topics).size > topicsPerChannel) return false;
    channel.setTopics(topics);
    channel.expiresAt = this.#now() + lifetimeMs;
    if (channel.sockets.size > 0) this.#scheduleExpiry(channel);
    return true;
  }

  /** A socket listens; what is returned ends that. */
  attachSocket(channel: Channel, socket: ChannelSocket): () => void {
    channel.sockets.add(socket);
    this.#scheduleExpiry(channel);
    return () => {
      channel.sockets.delete(socket);
      if (channel.sockets.size === 0) clearTimeout(channel.timer);
    };
  }

  /** Tells all who listen; returns how many sockets those are. */
  publishEvent(topic: string, body: unknown): number {
    let told = 0;
    for (const channel of this.#channels.values()) {
      if (channel.sockets.size === 0 || !channel.isSubscribedTo(topic)) continue;
      for (const socket of channel.sockets) socket.deliver(topic, body);
      told += channel.sockets.size;
    }
    return told;
  }

  /** Tells all sockets that they will be closed, and closes those that are still there after a while; returns how many are told. */
  announceClosing(afterMs: number): number {
    const told = [...this.#channels.values()].flatMap(({ sockets }) => [...sockets]);
    for (const socket of told) socket.announceClosing();
    const timer = setTimeout(() => {
      for (const { sockets } of this.#channels.values())
        for (const socket of [...sockets]) if (told.includes(socket)) socket.close();
    }, afterMs);
    timer.unref();
    return told.length;
  }

  /** Ends the channel when its time is over. Only those that someone listens to have a timer. */
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
