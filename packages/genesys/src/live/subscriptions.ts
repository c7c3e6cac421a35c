import type { Undo } from '@holdline/core';
import type { ChannelFeed } from '../notifications/feed.js';
import type { ResolvedLive } from './options.js';
import { combineTopics, prefixOf } from '../notifications/topic-names.js';
import { isTopicRefusal } from '../notifications/topic-refusal.js';

/** Topics in a row that are refused alone, with none accepted, before the others count as refused too. */
const MAX_REFUSED_ALONE = 20;
const FIRST_RETRY_MS = 1_000;
const MAX_RETRY_MS = 60_000;

/** Hears of the topics of {@link Subscriptions}. */
export interface SubscriptionListener {
  /** Whether notifications of the topics arrive from now on. */
  topicsChanged(topics: readonly string[], isPushed: boolean): void;
  /** The channels have no room for the topics now. */
  noRoom(topics: readonly string[]): void;
  topicRefused(topic: string, error: unknown): void;
  subscribeFailed(error: unknown, retryInMs: number): void;
}

/** Topics with the same prefix. */
interface Group {
  /** How many want each topic. */
  readonly wanted: Map<string, number>;
  /** Subscribed topics, combined or not, with the topics that each carries. */
  carriers: Map<string, readonly string[]>;
  /** Whether the platform refused a combination of its topics. */
  isApart: boolean;
}

/** The wanted topics, combined, within the limits of the channels. */
export class Subscriptions {
  readonly #groups = new Map<string, Group>();
  /** Prefixes whose subscriptions have to change. */
  readonly #changed = new Set<string>();
  /** Prefixes for which the channels have no room, oldest first. */
  readonly #waiting = new Set<string>();
  /** Topics that the platform refused, until nobody wants them. */
  readonly #refused = new Set<string>();
  /** Topics that the listener knows as pushed. */
  readonly #pushed = new Set<string>();
  #carrierCount = 0;
  #failures = 0;
  #isRunning = false;
  #isClosed = false;
  #stopTimer: Undo | undefined;

  constructor(
    readonly feed: ChannelFeed,
    readonly options: ResolvedLive,
    readonly listener: SubscriptionListener,
  ) {}

  want(topic: string): void {
    const prefix = prefixOf(topic);
    let group = this.#groups.get(prefix);
    if (!group) this.#groups.set(prefix, (group = { wanted: new Map(), carriers: new Map(), isApart: false }));
    const count = group.wanted.get(topic) ?? 0;
    group.wanted.set(topic, count + 1);
    if (count === 0) this.#change(prefix);
  }

  drop(topic: string): void {
    const prefix = prefixOf(topic);
    const group = this.#groups.get(prefix);
    const count = group?.wanted.get(topic) ?? 0;
    if (!group || count === 0) return;
    if (count > 1) return void group.wanted.set(topic, count - 1);
    group.wanted.delete(topic);
    this.#refused.delete(topic);
    this.#pushed.delete(topic);
    this.#change(prefix);
  }

  /** Monotonic time of the last message on the channel of a topic; undefined while no open socket carries the topic. */
  heardAt(topic: string): number | undefined {
    for (const [carrier, topics] of this.#groups.get(prefixOf(topic))?.carriers ?? [])
      if (topics.includes(topic)) return this.feed.heardAt(carrier);
    return undefined;
  }

  close(): void {
    this.#isClosed = true;
    this.#stopTimer?.();
  }

  #change(prefix: string): void {
    this.#changed.add(prefix);
    if (!this.#isRunning && this.#failures === 0) this.#runAfter(0);
  }

  /** Changes of one turn share a request. */
  #runAfter(ms: number): void {
    if (this.#isClosed || this.#stopTimer) return;
    this.#stopTimer = this.options.notifications.clock.setTimer(ms, () => {
      this.#stopTimer = undefined;
      void this.#run();
    });
  }

  async #run(): Promise<void> {
    if (this.#isRunning) return;
    this.#isRunning = true;
    let error: unknown;
    while (this.#changed.size > 0 && error === undefined && !this.#isClosed) {
      const prefixes = [...this.#changed];
      this.#changed.clear();
      error = await this.#apply(prefixes);
    }
    this.#isRunning = false;
    if (this.#isClosed) return;
    if (error === undefined) {
      this.#failures = 0;
      return;
    }
    const retryInMs = Math.min(MAX_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(this.#failures++, 10));
    this.listener.subscribeFailed(error, retryInMs);
    this.#runAfter(retryInMs * (1 + this.options.notifications.random.next()));
  }

  /** @returns the error if the request failed for another reason than a topic. */
  async #apply(prefixes: readonly string[]): Promise<unknown> {
    const { maxChannels, topicsPerChannel } = this.options.notifications;
    const added: string[] = [];
    const removed: string[] = [];
    const planned = new Map<string, ReadonlyMap<string, readonly string[]>>();
    const replaced: string[] = [];
    const lost: string[] = [];
    for (const prefix of prefixes) {
      const group = this.#groups.get(prefix);
      if (!group) continue;
      const wanted = [...group.wanted.keys()].filter((topic) => !this.#refused.has(topic));
      const next = group.isApart ? new Map(wanted.map((topic) => [topic, [topic]])) : combineTopics(prefix, wanted);
      const gone = [...group.carriers.keys()].filter((carrier) => !next.has(carrier));
      const fresh = [...next.keys()].filter((carrier) => !group.carriers.has(carrier));
      if (this.#carrierCount - gone.length + fresh.length > maxChannels * topicsPerChannel) {
        this.#waiting.add(prefix);
        const carried = new Set([...group.carriers.values()].flat());
        lost.push(...[...next.values()].flat().filter((topic) => !carried.has(topic)));
        continue;
      }
      this.#waiting.delete(prefix);
      this.#carrierCount += fresh.length - gone.length;
      planned.set(prefix, next);
      added.push(...fresh);
      removed.push(...gone);
      replaced.push(...gone.flatMap((carrier) => group.carriers.get(carrier) ?? []));
    }
    if (lost.length > 0) this.listener.noRoom(lost);
    // Without room for both, the old topic ends before the new one begins. The read after the subscription covers the time between.
    const isFull = this.feed.topics.length + added.length > maxChannels * topicsPerChannel;
    if (isFull && removed.length > 0) {
      for (const topic of replaced) this.#pushed.delete(topic);
      await this.#unsubscribe(removed);
    }
    const failure = await this.#subscribe(added);
    for (const [prefix, next] of planned) this.#adopt(prefix, next, failure);
    if (!isFull && removed.length > 0) await this.#unsubscribe(removed);
    for (const prefix of [...this.#waiting].slice(0, removed.length)) this.#changed.add(prefix);
    return failure.error;
  }

  /** Takes over the subscriptions of a prefix, less those that failed. */
  #adopt(prefix: string, next: ReadonlyMap<string, readonly string[]>, failure: SubscribeFailure): void {
    const group = this.#groups.get(prefix);
    if (!group) return;
    const failed = [...next].filter(([carrier]) => failure.topics.has(carrier));
    this.#carrierCount -= failed.length;
    group.carriers = new Map([...next].filter(([carrier]) => !failure.topics.has(carrier)));
    const carried = new Set([...group.carriers.values()].flat());
    const begun = [...carried].filter((topic) => !this.#pushed.has(topic) && group.wanted.has(topic));
    const ended = [...group.wanted.keys()].filter((topic) => !carried.has(topic));
    for (const topic of begun) this.#pushed.add(topic);
    for (const topic of ended) this.#pushed.delete(topic);
    if (begun.length > 0) this.listener.topicsChanged(begun, true);
    if (ended.length > 0) this.listener.topicsChanged(ended, false);
    for (const [carrier, topics] of failed) this.#recordFailure(group, topics, failure.topics.get(carrier));
    if (failed.length > 0) this.#changed.add(prefix);
    if (group.wanted.size === 0 && group.carriers.size === 0) this.#groups.delete(prefix);
  }

  /** A refused topic stays refused. The topics of a refused combination are tried alone. */
  #recordFailure(group: Group, topics: readonly string[], error: unknown): void {
    if (!isTopicRefusal(error)) return;
    if (topics.length > 1) group.isApart = true;
    else
      for (const topic of topics) {
        this.#refused.add(topic);
        this.listener.topicRefused(topic, error);
      }
  }

  async #subscribe(topics: readonly string[]): Promise<SubscribeFailure> {
    const failure: SubscribeFailure = { topics: new Map(), error: undefined };
    let refusedAlone = 0;
    const add = async (part: readonly string[]): Promise<void> => {
      if (part.length === 0) return;
      try {
        await this.feed.subscribe(part);
        refusedAlone = -Infinity;
      } catch (error) {
        // A user without a permission is refused all topics. Their single requests would take the quota of the others.
        if (part.length > 1 && isTopicRefusal(error) && refusedAlone < MAX_REFUSED_ALONE) {
          const half = part.length >> 1;
          await add(part.slice(0, half));
          return add(part.slice(half));
        }
        refusedAlone++;
        for (const topic of part) failure.topics.set(topic, error);
        if (!isTopicRefusal(error)) failure.error ??= error;
      }
    };
    await add(topics);
    return failure;
  }

  async #unsubscribe(topics: readonly string[]): Promise<void> {
    // The platform may keep a topic that nobody wants. Its notifications reach nobody, and the next subscription of the channel removes it.
    await this.feed.unsubscribe(topics).catch(() => undefined);
  }
}

interface SubscribeFailure {
  /** Topics without a subscription, with the error of each. */
  readonly topics: Map<string, unknown>;
  /** An error that has nothing to do with the topics. */
  error: unknown;
}
