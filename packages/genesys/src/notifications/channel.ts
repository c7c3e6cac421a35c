import { callInfo, ClosedError, settlesWithin, type Listeners, type Undo } from '@holdline/core';
import { ChannelGoneError, type ChannelApi, type PlatformChannel } from './channel-api.js';
import type { ChannelMessage } from './channel-message.js';
import { ChannelSockets, type SocketListener } from './channel-sockets.js';
import type { Notification, NotificationEvents } from './events.js';
import type { ResolvedNotifications } from './options.js';
import { Recovery, type RecoveryTask } from './recovery.js';
import { isTopicRefusal } from './topic-refusal.js';

/** A recovered channel that is lost sooner than this counts as an early loss, in ms. */
const EARLY_LOSS_MS = 60_000;

/** Share of the time of `close()` that work under way has to end, before its requests are aborted and once more after that. */
const WORK_SHARE = 0.2;
/** Share of the time left after that for the request that removes the subscriptions. */
const UNSUBSCRIBE_SHARE = 0.8;

const closedError = (): ClosedError => new ClosedError('the notification feed was closed (close)');

/** What a channel takes from its feed. */
export interface ChannelHost {
  readonly api: ChannelApi;
  readonly options: ResolvedNotifications;
  readonly listeners: Listeners<NotificationEvents>;
  openSocket(url: string): WebSocket;
  deliver(notification: Notification): void;
  reportGap(topics: readonly string[], from: number, reason: string): void;
}

/** A loss that is not recovered yet. */
interface Loss {
  readonly topics: string[];
  readonly from: number;
  readonly reason: string;
}

/** Topics of one `subscribe()`: the platform accepts all of them, or none is subscribed to. */
interface TopicRequest {
  readonly topics: readonly string[];
  /** @param refusal - Undefined: the platform has accepted the topics. */
  readonly settle: (refusal: { error: unknown } | undefined) => void;
}

/** Keeps some topics subscribed to, over one channel of the platform at a time. */
export class Channel implements SocketListener, RecoveryTask {
  /** Topics of this channel, including requested ones. */
  readonly topics = new Set<string>();
  /** Topics that the platform has accepted, and those of the next request. */
  readonly #accepted = new Set<string>();
  /** Topic requests for the next HTTP request. */
  #queued: TopicRequest[] = [];
  /** Topic requests without an answer. */
  readonly #pending = new Set<TopicRequest>();
  #platformChannel: PlatformChannel | undefined;
  #isSubscribed = false;
  #isConnected = false;
  /** The last piece of work: pieces run one after the other. */
  #work: Promise<unknown> = Promise.resolve();
  #loss: Loss | undefined;
  #earlyLosses = 0;
  #isClosed = false;
  /** Aborts the requests that make the channel and subscribe to topics. */
  readonly #abort = new AbortController();
  readonly #sockets: ChannelSockets;
  readonly #recovery: Recovery;
  #stopRenewal: Undo = () => undefined;

  constructor(
    readonly number: number,
    readonly host: ChannelHost,
  ) {
    this.#sockets = new ChannelSockets(host.openSocket, host.options, this);
    this.#recovery = new Recovery(host.options, this);
  }

  /** Monotonic time of the last message, in ms, for a topic that the open socket carries. */
  heardAt(topic: string): number | undefined {
    return this.#isConnected && this.#accepted.has(topic) ? this.#sockets.heardAt : undefined;
  }

  /** Adds topics. Settles when the platform has accepted them and the socket is open. A rejection removes them again. */
  add(topics: readonly string[]): Promise<void> {
    for (const topic of topics) this.topics.add(topic);
    return new Promise((resolve, reject) => {
      const request: TopicRequest = {
        topics,
        settle: (refusal) => {
          this.#pending.delete(request);
          if (refusal) reject(refusal.error as Error);
          else resolve();
        },
      };
      this.#pending.add(request);
      this.#queued.push(request);
      // One HTTP request takes all topics that are requested until it starts.
      void this.#runSerially(() => this.#subscribe(this.#queued.splice(0)));
    });
  }

  async remove(topics: readonly string[]): Promise<void> {
    for (const topic of topics) this.topics.delete(topic);
    await this.#runSerially(async () => {
      for (const topic of [...this.#accepted]) {
        if (this.topics.has(topic)) continue;
        this.#accepted.delete(topic);
        this.#isSubscribed = false;
      }
      if (this.topics.size > 0) await this.#connect();
    });
  }

  /**
   * Closes the socket, removes the subscriptions, and rejects all pending topic requests.
   * @returns whether the platform has no subscriptions of this channel any more.
   */
  async close(withinMs: number): Promise<boolean> {
    const { api, options } = this.host;
    const { clock } = options;
    const endAt = clock.now() + withinMs;
    this.#isClosed = true;
    this.#isConnected = false;
    this.#stopRenewal();
    this.#recovery.stop();
    this.#sockets.close();
    this.#reportLoss();
    // Work under way may still make a channel on the platform.
    if (!(await settlesWithin(clock, withinMs * WORK_SHARE, this.#work))) {
      this.#abort.abort(closedError());
      await settlesWithin(clock, withinMs * WORK_SHARE, this.#work);
    }
    this.#sockets.close();
    for (const { settle } of this.#pending) settle({ error: closedError() });
    if (!this.#platformChannel) return true;
    let isDone = true;
    const unsubscribed = api
      .unsubscribe(this.#platformChannel, Math.max(1, (endAt - clock.now()) * UNSUBSCRIBE_SHARE))
      .catch((error: unknown) => {
        // A channel that the platform does not know has no subscriptions.
        isDone = callInfo(error)?.status === 404;
      });
    return (await settlesWithin(clock, endAt - clock.now(), unsubscribed)) && isDone;
  }

  socketOpened(): void {
    this.#isConnected = true;
    this.#reportLoss();
    this.host.listeners.emit('connected', { channel: this.number, topics: this.topics.size });
  }

  messageReceived(message: ChannelMessage): void {
    if (message.kind === 'notification') this.host.deliver(message);
    else if (message.kind === 'closing') this.#replaceSocket();
    else if (message.kind === 'unreadable')
      this.host.reportGap([...this.topics], this.#sockets.lastMessageAt, 'a message could not be read');
  }

  socketLost(reason: string): void {
    if (!this.#sockets.hasSocket) return;
    const { clock } = this.host.options;
    this.#sockets.close();
    this.#isConnected = false;
    this.#isSubscribed = false;
    this.#earlyLosses = clock.now() - this.#sockets.openedAt < EARLY_LOSS_MS ? this.#earlyLosses + 1 : 0;
    this.#loss ??= { topics: [...this.topics], from: this.#sockets.lastMessageAt, reason };
    this.host.listeners.emit('disconnected', { channel: this.number, topics: this.topics.size, reason });
    void this.#recovery.run();
  }

  recover(): Promise<void> {
    return this.#runSerially(() => this.#connect());
  }

  reportFailure(error: unknown, retryInMs: number): void {
    this.host.listeners.emit('recoveryFailed', { channel: this.number, error, retryInMs });
  }

  countEarlyLosses(): number {
    return this.#earlyLosses;
  }

  isLost(): boolean {
    return !this.#sockets.hasSocket;
  }

  /** Subscribes in one HTTP request. After a refusal it tries each half, so that a wrong topic rejects only its own request. */
  async #subscribe(requests: readonly TopicRequest[]): Promise<void> {
    if (requests.length === 0) return;
    const topics = requests.flatMap((request) => request.topics).filter((topic) => this.topics.has(topic));
    for (const topic of topics) this.#accepted.add(topic);
    this.#isSubscribed = false;
    try {
      await this.#connect();
    } catch (error) {
      for (const topic of topics) this.#accepted.delete(topic);
      this.#isSubscribed = false;
      if (requests.length > 1 && isTopicRefusal(error)) {
        const half = requests.length >> 1;
        await this.#subscribe(requests.slice(0, half));
        return this.#subscribe(requests.slice(half));
      }
      const requestedAgain = new Set(this.#queued.flatMap((request) => request.topics));
      for (const topic of topics) if (!requestedAgain.has(topic)) this.topics.delete(topic);
      for (const { settle } of requests) settle({ error: this.#isClosed ? closedError() : error });
      return;
    }
    for (const { settle } of requests) settle(undefined);
  }

  #runSerially<T>(run: () => Promise<T>): Promise<T> {
    const done = this.#work.then(run, run);
    this.#work = done.catch(() => undefined);
    return done;
  }

  /** Makes what is missing: the channel on the platform, its subscriptions, the open socket. */
  async #connect(mayRepeat = true): Promise<void> {
    const { api, options } = this.host;
    this.#checkOpen();
    this.#platformChannel ??= await api.create(this.#abort.signal);
    this.#checkOpen();
    if (!this.#isSubscribed) {
      try {
        await api.subscribe(this.#platformChannel, this.#accepted, this.#abort.signal);
      } catch (error) {
        if (!(error instanceof ChannelGoneError)) throw error;
        this.#platformChannel = undefined;
        this.socketLost('the channel was evicted or had expired');
        if (!mayRepeat) throw error;
        return this.#connect(false);
      }
      // A renewal timer that starts after close() would never be stopped.
      this.#checkOpen();
      this.#isSubscribed = true;
      this.#stopRenewal();
      const { resubscribeAfterMs, clock, random } = options;
      this.#stopRenewal = clock.setTimer(resubscribeAfterMs * (1 - random.next() / 10), () => {
        this.#isSubscribed = false;
        void this.#recovery.run();
      });
    }
    if (this.#sockets.hasSocket) return;
    await this.#sockets.open(this.#platformChannel.connectUri);
  }

  #checkOpen(): void {
    if (this.#isClosed) throw closedError();
  }

  /** Opens a second socket before the platform closes the first: both are open for a while, and nothing is missed. */
  #replaceSocket(): void {
    const channel = this.#platformChannel;
    if (!channel || this.#isClosed || !this.#sockets.beginHandover()) return;
    this.host.listeners.emit('moving', { channel: this.number, topics: this.topics.size });
    this.#sockets.open(channel.connectUri).catch(() => undefined);
  }

  /** Reports the gap of a loss once. */
  #reportLoss(): void {
    const loss = this.#loss;
    this.#loss = undefined;
    if (loss) this.host.reportGap(loss.topics, loss.from, loss.reason);
  }
}
