import { callInfo, ClosedError, settlesWithin, type Listeners, type Undo } from '@holdline/core';
import type { WebSocketClass } from '@holdline/websocket';
import { ChannelGone, type ChannelApi, type Place } from './api.js';
import type { Notification, NotificationEvents } from './events.js';
import type { ResolvedNotifications } from './options.js';

const METADATA = 'channel.metadata';
/** Told before the platform closes a socket for maintenance; it leaves a minute (developer.genesys.cloud, Notification service). */
const SOCKET_CLOSING = 'v2.system.socket_closing';
/** Two sockets are kept for so long after the second is open: what was on its way on the first still comes, ms. */
const OVERLAP_MS = 1_000;
/** How long the platform has to answer when a socket is closed, ms. */
const CLOSING_MS = 1_000;
const CLOSED = 3;
const PING = JSON.stringify({ message: 'ping' });
/** A channel that lived for less than this was not recovered for good, ms. */
const SHORT_LIFE_MS = 60_000;

/** Of the time for close(): how long what is under way is waited for, before it is given up and once more after that. */
const WORK_PART = 0.2;
/** Of what is left then: how long the platform may take to be told that the topics are given up. */
const TOLD_PART = 0.8;

const closedError = (): ClosedError => new ClosedError('the notifications were closed');

/** How the platform refuses topics, of which one may be wrong, or not this user's. */
const REFUSALS = [400, 403];

/** What a channel needs of those around it. */
export interface ChannelHome {
  readonly api: ChannelApi;
  readonly options: ResolvedNotifications;
  readonly listeners: Listeners<NotificationEvents>;
  readonly Socket: WebSocketClass;
  heard(notification: Notification): void;
  missed(topics: readonly string[], from: number, reason: string): void;
}

/** What is known of a loss until it is made good. */
interface Loss {
  topics: string[];
  from: number;
  reason: string;
}

/** Topics that are asked for together: they all come, or none of them. */
interface Wish {
  readonly topics: readonly string[];
  /** Undefined: they have come. */
  readonly settle: (refusal: { error: unknown } | undefined) => void;
}

/** One channel: its topics, and whatever place on the platform and socket it has now. */
export class Channel {
  /** Its topics, those that were only asked for too. */
  readonly topics = new Set<string>();
  /** Those that the platform took, or is to take with the next request. */
  readonly #taken = new Set<string>();
  /** What is asked for, and not in a request yet. */
  #wishes: Wish[] = [];
  /** All that is asked for and not answered. */
  readonly #unsettled = new Set<Wish>();
  #place: Place | undefined = undefined;
  #socket: WebSocket | undefined = undefined;
  #isSubscribed = false;
  #work: Promise<unknown> = Promise.resolve();
  #loss: Loss | undefined = undefined;
  #isRecovering = false;
  #isClosed = false;
  /** Gives up the requests that make and keep it. */
  readonly #abort = new AbortController();
  #connectedAt = 0;
  #shortLives = 0;
  #lastHeard = 0;
  /** Under way from one socket to the next: `last` is what was the socket, once the next is open. */
  #move: { next: WebSocket | undefined; last: WebSocket | undefined; heard: Map<string, number> } | undefined =
    undefined;
  #stopMoving: Undo = () => undefined;
  #stopWatching: Undo = () => undefined;
  #stopRenewal: Undo = () => undefined;
  #stopWaiting: Undo = () => undefined;

  constructor(
    readonly number: number,
    readonly home: ChannelHome,
  ) {}

  /** Settles when the platform has taken them and the socket is open; otherwise they are not there. */
  add(topics: readonly string[]): Promise<void> {
    for (const topic of topics) this.topics.add(topic);
    return new Promise((resolve, reject) => {
      const wish: Wish = {
        topics,
        settle: (refusal) => {
          this.#unsettled.delete(wish);
          if (refusal) reject(refusal.error as Error);
          else resolve();
        },
      };
      this.#unsettled.add(wish);
      this.#wishes.push(wish);
      // Those that are asked for meanwhile go in the same request.
      void this.#serially(() => this.#fulfil(this.#wishes.splice(0)));
    });
  }

  async remove(topics: readonly string[]): Promise<void> {
    for (const topic of topics) this.topics.delete(topic);
    await this.#serially(async () => {
      for (const topic of [...this.#taken]) {
        if (this.topics.has(topic)) continue;
        this.#taken.delete(topic);
        this.#isSubscribed = false;
      }
      if (this.topics.size > 0) await this.#ensure();
    });
  }

  /**
   * Ends it: the socket, the subscriptions, and all that waits.
   * @returns whether the platform knows of it.
   */
  async close(withinMs: number): Promise<boolean> {
    const { api, options } = this.home;
    const { clock } = options;
    const endAt = clock.now() + withinMs;
    this.#isClosed = true;
    this.#stopRenewal();
    this.#stopWaiting();
    this.#dropSocket();
    this.#madeGood();
    // What is under way may still make a channel.
    if (!(await settlesWithin(clock, withinMs * WORK_PART, this.#work))) {
      this.#abort.abort(closedError());
      await settlesWithin(clock, withinMs * WORK_PART, this.#work);
    }
    this.#dropSocket();
    for (const { settle } of this.#unsettled) settle({ error: closedError() });
    if (!this.#place) return true;
    let isDone = true;
    const told = api
      .unsubscribe(this.#place, Math.max(1, (endAt - clock.now()) * TOLD_PART))
      .catch((error: unknown) => {
        // Of a channel that is gone nothing has to be given up.
        isDone = callInfo(error)?.status === 404;
      });
    return (await settlesWithin(clock, endAt - clock.now(), told)) && isDone;
  }

  /** Asks for them in one request. Where that is refused, in halves: one that is wrong must not cost the others theirs. */
  async #fulfil(wishes: readonly Wish[]): Promise<void> {
    if (wishes.length === 0) return;
    const topics = wishes.flatMap((wish) => wish.topics).filter((topic) => this.topics.has(topic));
    for (const topic of topics) this.#taken.add(topic);
    this.#isSubscribed = false;
    try {
      await this.#ensure();
    } catch (error) {
      for (const topic of topics) this.#taken.delete(topic);
      this.#isSubscribed = false;
      if (wishes.length > 1 && REFUSALS.includes(callInfo(error)?.status ?? 0)) {
        const half = wishes.length >> 1;
        await this.#fulfil(wishes.slice(0, half));
        return this.#fulfil(wishes.slice(half));
      }
      const wanted = new Set(this.#wishes.flatMap((wish) => wish.topics));
      for (const topic of topics) if (!wanted.has(topic)) this.topics.delete(topic);
      for (const { settle } of wishes) settle({ error: this.#isClosed ? closedError() : error });
      return;
    }
    for (const { settle } of wishes) settle(undefined);
  }

  #serially<T>(run: () => Promise<T>): Promise<T> {
    const done = this.#work.then(run, run);
    this.#work = done.catch(() => undefined);
    return done;
  }

  /** A place, subscribed to all topics, with an open socket: what is there already stays. */
  async #ensure(mayRepeat = true): Promise<void> {
    const { api, options } = this.home;
    this.#checkOpen();
    this.#place ??= await api.make(this.#abort.signal);
    this.#checkOpen();
    if (!this.#isSubscribed) {
      try {
        await api.subscribe(this.#place, this.#taken, this.#abort.signal);
      } catch (error) {
        if (!(error instanceof ChannelGone)) throw error;
        this.#place = undefined;
        this.#lost('the channel was evicted or had expired');
        if (!mayRepeat) throw error;
        return this.#ensure(false);
      }
      // Else the renewal would be waited for, and nobody would stop it.
      this.#checkOpen();
      this.#isSubscribed = true;
      this.#stopRenewal();
      const { resubscribeAfterMs, clock, random } = options;
      this.#stopRenewal = clock.setTimer(resubscribeAfterMs * (1 - random.next() / 10), () => {
        this.#isSubscribed = false;
        void this.#recover();
      });
    }
    if (this.#socket) return;
    await this.#open(this.#place.connectUri);
  }

  #checkOpen(): void {
    if (this.#isClosed) throw closedError();
  }

  /** Goes on until all is well again. */
  async #recover(): Promise<void> {
    if (this.#isRecovering) return;
    this.#isRecovering = true;
    const { options, listeners } = this.home;
    const { clock, random, baseDelayMs, maxDelayMs } = options;
    // What was lost right after it was recovered is not hurried to: two processes would evict each other for ever.
    let attempt = this.#shortLives;
    while (!this.#isClosed) {
      if (attempt > 0) {
        const delay = Math.min(maxDelayMs, baseDelayMs * 2 ** Math.min(attempt - 1, 30)) * (1 + random.next());
        await new Promise<void>((resolve) => {
          const stop = clock.setTimer(delay, resolve);
          this.#stopWaiting = () => {
            stop();
            resolve();
          };
        });
      }
      if (this.#isClosed) break;
      try {
        await this.#serially(() => this.#ensure());
        break;
      } catch (error) {
        attempt++;
        const retryInMs = Math.min(maxDelayMs, baseDelayMs * 2 ** Math.min(attempt - 1, 30));
        if (!this.#isClosed) listeners.emit('recoveryFailed', { channel: this.number, error, retryInMs });
      }
    }
    this.#isRecovering = false;
    // Lost again meanwhile.
    if (!this.#isClosed && !this.#socket) void this.#recover();
  }

  #open(connectUri: string): Promise<void> {
    const { Socket, options, listeners } = this.home;
    return new Promise((resolve, reject) => {
      const socket = new Socket(connectUri) as WebSocket;
      const move = this.#move;
      if (move) move.next = socket;
      else this.#socket = socket;
      let isOpen = false;
      const isMine = (): boolean => this.#socket === socket;
      socket.addEventListener('open', () => {
        if (move && move === this.#move) {
          this.#stopWatching();
          move.last = this.#socket;
          this.#socket = socket;
          this.#stopMoving = options.clock.setTimer(OVERLAP_MS, () => this.#endMove());
        }
        if (!isMine()) return;
        isOpen = true;
        this.#watch(socket);
        // At once: it may be lost again in the same tick.
        this.#connectedAt = options.clock.now();
        this.#madeGood();
        listeners.emit('connected', { channel: this.number, topics: this.topics.size });
        resolve();
      });
      socket.addEventListener('message', ({ data }: MessageEvent) => {
        const isLast = this.#move?.last === socket;
        if (!isMine() && !isLast) return;
        if (!isLast) this.#lastHeard = options.clock.wall();
        this.#hear(String(data), isLast || this.#move?.last === undefined ? 1 : -1);
      });
      // What there is to know of it comes with the close.
      socket.addEventListener('error', () => undefined);
      socket.addEventListener('close', ({ code, reason }: CloseEvent) => {
        const words = `the socket was closed (${code}${reason ? `: ${String(reason)}` : ''})`;
        if (!isOpen) {
          if (isMine()) this.#socket = undefined;
          // The socket that is to be closed is still there; when it goes, the channel is recovered.
          if (this.#move?.next === socket) this.#move = undefined;
          reject(new Error(words));
        } else if (isMine()) this.#lost(words);
      });
    });
  }

  /** A socket that is silent is asked; one that does not answer is as good as closed. */
  #watch(socket: WebSocket): void {
    const { clock, silenceMs, pongWithinMs } = this.home.options;
    this.#lastHeard = clock.wall();
    let heardAt = this.#lastHeard;
    const look = (): void => {
      if (this.#lastHeard !== heardAt) {
        const silentFor = clock.wall() - (heardAt = this.#lastHeard);
        this.#stopWatching = clock.setTimer(Math.max(0, silenceMs - silentFor), look);
        return;
      }
      socket.send(PING);
      this.#stopWatching = clock.setTimer(pongWithinMs, () => {
        if (this.#lastHeard !== heardAt) return look();
        this.#lost(`the socket was silent for ${silenceMs + pongWithinMs} ms`);
      });
    };
    this.#stopWatching = clock.setTimer(silenceMs, look);
  }

  /** The platform closes the socket soon: another one takes its place while both are open, so that nothing is missed. */
  #moves(): void {
    if (this.#move || !this.#place || !this.#socket || this.#isClosed) return;
    this.#move = { next: undefined, last: undefined, heard: new Map() };
    this.home.listeners.emit('moving', { channel: this.number, topics: this.topics.size });
    this.#open(this.#place.connectUri).catch(() => undefined);
  }

  #endMove(): void {
    const { next, last } = this.#move ?? {};
    this.#move = undefined;
    this.#stopMoving();
    if (next !== this.#socket) this.#end(next);
    this.#end(last);
  }

  /** Whether a message came by the other socket already: while two are open all come twice. */
  #isKnown(text: string, way: 1 | -1): boolean {
    if (!this.#move) return false;
    const { heard } = this.#move;
    const balance = heard.get(text) ?? 0;
    heard.set(text, balance + way);
    return balance * way < 0;
  }

  /** @param way From the older of two sockets, or the only one: 1; from the newer: -1. */
  #hear(text: string, way: 1 | -1): void {
    let message: { topicName?: unknown; eventBody?: unknown; metadata?: unknown } | null;
    try {
      message = JSON.parse(text) as typeof message;
    } catch {
      return this.home.missed([...this.topics], this.#lastHeard, 'a message could not be read');
    }
    const { topicName: topic, eventBody: body, metadata } = message ?? {};
    if (typeof topic !== 'string' || topic === METADATA) return;
    if (topic === SOCKET_CLOSING) return this.#moves();
    if (this.#isKnown(text, way)) return;
    this.home.heard({ kind: 'notification', topic, body, metadata });
  }

  #lost(reason: string): void {
    if (!this.#socket) return;
    const { clock } = this.home.options;
    this.#dropSocket();
    this.#isSubscribed = false;
    this.#shortLives = clock.now() - this.#connectedAt < SHORT_LIFE_MS ? this.#shortLives + 1 : 0;
    this.#loss ??= { topics: [...this.topics], from: this.#lastHeard, reason };
    this.home.listeners.emit('disconnected', { channel: this.number, topics: this.topics.size, reason });
    void this.#recover();
  }

  /** What was lost is over, and is told. */
  #madeGood(): void {
    const loss = this.#loss;
    this.#loss = undefined;
    if (loss) this.home.missed(loss.topics, loss.from, loss.reason);
  }

  #dropSocket(): void {
    this.#endMove();
    const socket = this.#socket;
    this.#socket = undefined;
    this.#stopWatching();
    this.#end(socket);
  }

  /** Closes a socket. One that does not answer would stay for half a minute with `ws`, and keep the process. */
  #end(socket: WebSocket | undefined): void {
    if (!socket) return;
    socket.close(1000);
    const { terminate } = socket as { terminate?: () => void };
    if (!terminate || socket.readyState === CLOSED) return;
    const stop = this.home.options.clock.setTimer(CLOSING_MS, () => terminate.call(socket));
    socket.addEventListener('close', stop);
  }
}
