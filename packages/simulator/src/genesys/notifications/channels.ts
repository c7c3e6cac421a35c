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
  readonly #all = new BoundedMap<string, Channel>(MAX_CHANNELS);
  readonly #byOwner = new BoundedMap<string, Channel[]>(MAX_CHANNELS);

  constructor(settings: () => Required<NotificationOptions>, now: () => number, newId: () => string) {
    this.#settings = settings;
    this.#now = now;
    this.#newId = newId;
  }

  /** Makes a channel. The oldest of the owner makes room if there are too many. */
  open(owner: string, user: string, isStreaming: boolean): Channel {
    const { channelsPerUser, lifetimeMs } = this.#settings();
    const id = `streaming-${this.#newId()}`;
    const channel = new Channel(id, owner, user, isStreaming, this.#now() + lifetimeMs);
    const mine = [...this.of(owner), channel];
    while (mine.length > channelsPerUser) {
      const [oldest] = mine.splice(0, 1);
      if (oldest !== undefined) this.#end(oldest, 'evicted');
    }
    this.#byOwner.set(owner, mine);
    this.#all.set(channel.id, channel);
    return channel;
  }

  /** A living channel. */
  find(id: string): Channel | undefined {
    const channel = this.#all.get(id);
    if (channel === undefined || this.#now() < channel.expiresAt) return channel;
    this.#end(channel, 'expired');
    return undefined;
  }

  of(owner: string): readonly Channel[] {
    return (this.#byOwner.get(owner) ?? []).filter(({ id }) => this.find(id) !== undefined);
  }

  list(): ChannelState[] {
    return [...this.#all.values()]
      .filter(({ expiresAt }) => this.#now() < expiresAt)
      .map(({ id, user, topics, sockets }) => ({ id, user, topics: [...topics], sockets: sockets.size }));
  }

  /** Subscribing anew is what makes a channel live on. False: too many topics. */
  subscribe(channel: Channel, topics: readonly string[]): boolean {
    const { topicsPerChannel, lifetimeMs } = this.#settings();
    if (new Set(topics).size > topicsPerChannel) return false;
    channel.subscribe(topics);
    channel.expiresAt = this.#now() + lifetimeMs;
    if (channel.sockets.size > 0) this.#watch(channel);
    return true;
  }

  /** A socket listens; what is returned ends that. */
  attach(channel: Channel, socket: ChannelSocket): () => void {
    channel.sockets.add(socket);
    this.#watch(channel);
    return () => {
      channel.sockets.delete(socket);
      if (channel.sockets.size === 0) clearTimeout(channel.timer);
    };
  }

  /** Tells all who listen; returns how many sockets those are. */
  publish(topic: string, body: unknown): number {
    let told = 0;
    for (const channel of this.#all.values()) {
      if (channel.sockets.size === 0 || !channel.hears(topic)) continue;
      for (const socket of channel.sockets) socket.deliver(topic, body);
      told += channel.sockets.size;
    }
    return told;
  }

  /** Tells all sockets that they will be closed, and closes those that are still there after a while; returns how many are told. */
  announceClosing(afterMs: number): number {
    const told = [...this.#all.values()].flatMap(({ sockets }) => [...sockets]);
    for (const socket of told) socket.announceClosing();
    const timer = setTimeout(() => {
      for (const { sockets } of this.#all.values())
        for (const socket of [...sockets]) if (told.includes(socket)) socket.close();
    }, afterMs);
    timer.unref();
    return told.length;
  }

  /** Ends the channel when its time is over. Only those that someone listens to have a timer. */
  #watch(channel: Channel): void {
    clearTimeout(channel.timer);
    channel.timer = setTimeout(() => this.find(channel.id), Math.ceil(channel.expiresAt - this.#now()) + 1);
  }

  #end(channel: Channel, reason: string): void {
    this.#all.delete(channel.id);
    const rest = (this.#byOwner.get(channel.owner) ?? []).filter((other) => other !== channel);
    if (rest.length > 0) this.#byOwner.set(channel.owner, rest);
    else this.#byOwner.delete(channel.owner);
    clearTimeout(channel.timer);
    for (const socket of channel.sockets) socket.end(reason);
  }
}
