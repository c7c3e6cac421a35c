import {
  check,
  ClosedError,
  ConfigError,
  currentContext,
  Listeners,
  withOwnContext,
  type Holdline,
  type Undo,
} from '@holdline/core';
import { ChannelFeed } from '../notifications/feed.js';
import type { ApiClientLike } from '../sdk/api-client.js';
import { AutoPush } from './auto-push.js';
import { LiveCell, type CellHost } from './cell.js';
import { LIVE_EVENTS, type LiveEvents } from './events.js';
import { EVENTS_ONLY, KINDS, pathKind, type Kind } from './kinds.js';
import { WatchedValue } from './live-value.js';
import type { Live, QueueValues, UserValues } from './live-interface.js';
import type { ResolvedLive } from './options.js';
import { CellReader } from './reader.js';
import { Subscriptions, type SubscriptionListener } from './subscriptions.js';
import { expandTopic, fillTemplate, parametersOf } from '../notifications/topic-names.js';
import { TOPIC_ROUTES, type TopicName } from './topics.js';
import type { LiveValue } from './types.js';

/** The values are checked this many times within `maxStaleMs`. */
const CHECKS = 20;

/** What a value is: its kind, its topic if it has one, and the values of its parameters. */
interface Resource {
  readonly key: string;
  readonly kind: Kind;
  readonly topic: string | undefined;
  readonly parameters: readonly string[];
}

/** The live values of a client. */
export class LiveValues implements Live, SubscriptionListener, CellHost {
  readonly clock;
  readonly maxStaleMs: number;
  readonly #listeners = new Listeners(LIVE_EVENTS);
  readonly #cells = new Map<string, LiveCell>();
  readonly #watching = new Set<{ close(): void }>();
  readonly #feed: ChannelFeed;
  readonly #subscriptions: Subscriptions;
  readonly #reader: CellReader;
  readonly #auto: AutoPush | undefined;
  /** Tenant of the caller that made this object: reads and channels belong to it. */
  readonly #tenant = currentContext().tenant;
  #reconcileAt = Infinity;
  #pollAt = Infinity;
  #stopTimer: Undo | undefined;
  #closed: Promise<void> | undefined;
  readonly #stopListening: Undo;

  constructor(
    client: ApiClientLike,
    line: Holdline,
    readonly options: ResolvedLive,
  ) {
    const { clock } = options.notifications;
    if (options.push === 'auto') AutoPush.check(line);
    this.clock = clock;
    this.maxStaleMs = options.maxStaleMs;
    this.#feed = new ChannelFeed(client, line, options.notifications);
    this.#subscriptions = new Subscriptions(this.#feed, options, this);
    this.#reader = new CellReader(
      client,
      this.#tenant,
      (failure) => this.#listeners.emit('readFailed', failure),
      (fn) => this.#runApart(() => void clock.setTimer(0, fn)),
    );
    if (options.push === 'auto') {
      this.#auto = new AutoPush({ client, line, options, tenant: this.#tenant, topics: this.#subscriptions });
    }
    this.#feed.on('notification', ({ topic, body }) => {
      this.#cells.get(topic)?.receive(body);
      this.#auto?.receive(topic, body);
    });
    this.#feed.on('gap', ({ topics }) => {
      for (const topic of topics.flatMap(expandTopic)) {
        this.#cells.get(topic)?.readAgain();
        this.#auto?.doubt(topic);
      }
    });
    this.#stopListening = line.onClose(() => this.close());
  }

  get watched(): number {
    return this.#cells.size;
  }

  user(id: string): UserValues {
    const value = <T>(topic: TopicName): LiveValue<T> => this.#value(this.#resourceOf(topic, [checkId(id, 'id')]));
    return {
      get presence() {
        return value('v2.users.{id}.presence') as never;
      },
      get routingStatus() {
        return value('v2.users.{id}.routingStatus') as never;
      },
      get outOfOffice() {
        return value('v2.users.{id}.outofoffice') as never;
      },
      get station() {
        return value('v2.users.{id}.station') as never;
      },
      get conversationSummary() {
        return value('v2.users.{id}.conversationsummary') as never;
      },
    };
  }

  queue(id: string): QueueValues {
    const value = <T>(topic: TopicName): LiveValue<T> => this.#value(this.#resourceOf(topic, [checkId(id, 'id')]));
    return {
      get observations() {
        return value('v2.analytics.queues.{id}.observations') as never;
      },
      get members() {
        return value('v2.routing.queues.{id}.users') as never;
      },
    };
  }

  topic<T>(name: TopicName, parameters: Readonly<Record<string, string>> = {}): LiveValue<T> {
    if (!Object.hasOwn(TOPIC_ROUTES, name))
      throw new ConfigError(
        `topic must be one of the topics that live knows, got ${typeof name === 'string' ? `'${(name as string).slice(0, 80)}'` : typeof name}`,
      );
    const values = parametersOf(name).map((key) => checkId(parameters[key], key));
    return this.#value(this.#resourceOf(name, values));
  }

  path<T>(path: string): LiveValue<T> {
    if (typeof path !== 'string' || !path.startsWith('/'))
      throw new ConfigError('path must start with a slash, such as /api/v2/flows/4711');
    return this.#value({ key: `GET ${path}`, kind: pathKind(path), topic: undefined, parameters: [] });
  }

  on<E extends keyof LiveEvents>(event: E, listener: (event: LiveEvents[E]) => void): Undo {
    return this.#listeners.on(event, listener);
  }

  close(): Promise<void> {
    return (this.#closed ??= this.#close());
  }

  heardAt(topic: string): number | undefined {
    return this.#subscriptions.heardAt(topic);
  }

  requestRead(cell: LiveCell): void {
    this.#reader.request(cell);
  }

  topicsChanged(topics: readonly string[], isPushed: boolean): void {
    for (const topic of topics) {
      this.#cells.get(topic)?.setPushed(isPushed);
      this.#auto?.doubt(topic);
    }
  }

  noRoom(topics: readonly string[]): void {
    this.topicsChanged(topics, false);
    for (const topic of topics) {
      const cell = this.#cells.get(topic);
      if (cell && !cell.isRead)
        cell.fail(new ConfigError('the channels have no room for the topic, and no GET reads it'));
    }
  }

  topicRefused(topic: string, error: unknown): void {
    const cell = this.#cells.get(topic);
    if (cell && !cell.isRead) cell.fail(error);
    this.#listeners.emit('topicRefused', { topic, error });
  }

  subscribeFailed(error: unknown, retryInMs: number): void {
    for (const cell of this.#cells.values()) if (!cell.isRead && !cell.isPushed) cell.fail(error);
    this.#listeners.emit('subscribeFailed', { error, retryInMs });
  }

  async #close(): Promise<void> {
    this.#stopListening();
    this.#stopTimer?.();
    this.#auto?.close();
    this.#subscriptions.close();
    this.#reader.close(new ClosedError('the live values were closed (close)'));
    for (const value of [...this.#watching]) value.close();
    await this.#feed.close();
    this.#listeners.emit('closed', {});
  }

  #resourceOf(name: TopicName, parameters: readonly string[]): Resource {
    const topic = fillTemplate(name, parameters);
    const route = TOPIC_ROUTES[name];
    const own = (KINDS as Partial<Record<TopicName, unknown>>)[name] as Kind | undefined;
    return { key: topic, kind: own ?? (route === undefined ? EVENTS_ONLY : pathKind(route)), topic, parameters };
  }

  #value<T>(resource: Resource): LiveValue<T> {
    const isClosed = (): boolean => this.#closed !== undefined;
    return new WatchedValue<T>(
      {
        get isClosed() {
          return isClosed();
        },
        find: () => this.#cells.get(resource.key),
        hold: () => this.#hold(resource),
        release: () => this.#release(resource),
      },
      () => this.clock.wall(),
      (value, isWatching) => {
        if (isWatching) this.#watching.add(value);
        else this.#watching.delete(value);
      },
    );
  }

  #hold({ key, kind, topic, parameters }: Resource): LiveCell {
    let cell = this.#cells.get(key);
    if (!cell) {
      cell = new LiveCell(this, kind, topic, parameters);
      this.#cells.set(key, cell);
      cell.holders++;
      this.#runApart(() => {
        if (topic === undefined) cell?.readAgain();
        else this.#subscriptions.want(topic);
        this.#startTimer();
      });
    } else cell.holders++;
    return cell;
  }

  #release({ key, topic }: Resource): void {
    const cell = this.#cells.get(key);
    if (!cell || --cell.holders > 0) return;
    this.#cells.delete(key);
    if (topic !== undefined) this.#runApart(() => this.#subscriptions.drop(topic));
    if (this.#cells.size > 0) return;
    this.#stopTimer?.();
    this.#stopTimer = undefined;
  }

  #startTimer(): void {
    if (this.#stopTimer || this.#closed) return;
    const now = this.clock.now();
    this.#reconcileAt = now + this.#reconcileIn();
    this.#pollAt = now + this.options.pollMs;
    const everyMs = Math.min(this.maxStaleMs, this.options.pollMs, this.options.reconcileMs) / CHECKS;
    const check = (): void => {
      this.#stopTimer = this.clock.setTimer(everyMs, check);
      this.#checkCells();
    };
    this.#stopTimer = this.clock.setTimer(everyMs, check);
  }

  #reconcileIn(): number {
    return this.options.reconcileMs * (1 + this.options.notifications.random.next() / 10);
  }

  /** All values of a round are read together, so that they share requests. */
  #checkCells(): void {
    const now = this.clock.now();
    const isReconciled = now >= this.#reconcileAt;
    const isPolled = now >= this.#pollAt;
    if (isReconciled) this.#reconcileAt = now + this.#reconcileIn();
    if (isPolled) this.#pollAt = now + this.options.pollMs;
    for (const cell of this.#cells.values()) {
      if (cell.isPushed ? isReconciled : isPolled) cell.reconcile();
      else if (cell.isDue()) this.#reader.request(cell);
    }
  }

  /** Work for all who watch must not run with the budget, signal or transaction of the one who started it. */
  #runApart<T>(fn: () => T): T {
    return withOwnContext({ tenant: this.#tenant }, fn);
  }
}

function checkId(value: unknown, key: string): string {
  const id = check.text(value, key);
  if (/[\s/?&]/.test(id)) throw new ConfigError(`${key} must be an id without spaces, slashes, '?' and '&'`);
  return id;
}
