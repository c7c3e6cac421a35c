import {
  type Call,
  ConfigError,
  definePolicy,
  isOwnRead,
  type Holdline,
  type Interceptor,
  type Next,
  type Outcome,
  pathOf,
  restoreAnswer,
  startBackgroundTimer,
  type Undo,
  withOwnContext,
} from '@holdline/core';
import type { ApiClientLike } from '../sdk/api-client.js';
import { mergeAnswer, PUSHED_ROUTES, type PushedRoute } from './merged-answer.js';
import type { ResolvedLive } from './options.js';
import type { Subscriptions } from './subscriptions.js';
import { fillTemplate } from '../notifications/topic-names.js';

/** Resources whose GETs are counted. The one without a GET for the longest time goes first. */
const MAX_COUNTED = 10_000;
/** Longest answer that is kept, in bytes. */
const MAX_BODY = 65_536;

/** What {@link AutoPush} works with. */
export interface AutoPushParts {
  readonly client: ApiClientLike;
  readonly line: Holdline;
  readonly options: ResolvedLive;
  readonly tenant: string | undefined;
  readonly topics: Subscriptions;
}

/** What `explain` shows. */
interface ShownOptions {
  readonly repeats: number;
  readonly withinMs: number;
  readonly idleMs: number;
  /** Number of resources whose GETs are answered from the live value now. */
  readonly answering: string;
}

/** One resource that the line reads by GET. */
interface PolledResource {
  readonly route: PushedRoute;
  readonly topic: string;
  /** Path of the user, which writes are compared with. */
  readonly userPath: string;
  /** Times of the last GETs, monotonic ms. */
  gets: number[];
  isSubscribed: boolean;
  /** The answer of the last GET with the notifications since. Undefined: the next GET is sent. */
  answer: Record<string, unknown> | undefined;
  /** Whether the client gives its bodies as text. */
  isText: boolean;
  /** The credential of the last GET. An answer is for this credential only. */
  authorization: string | undefined;
  /** Start of the GET that gave the answer, monotonic ms. */
  readAt: number;
  /** Counts gaps, writes and the like: a request from before the last one does not count. */
  doubts: number;
  /** Writes under way. */
  writes: number;
  /** The last notification. It may be newer than an answer that is under way. */
  lastEvent: unknown;
  /** Counts notifications. */
  events: number;
}

/** The policies are part of their line for good. Each works for one object at a time. */
const slots = new WeakMap<Holdline, { current: AutoPush | undefined }>();

/** Turns repeated GETs into subscriptions, and answers GETs from the notifications. */
export class AutoPush {
  readonly #resources = new Map<string, PolledResource>();
  readonly #byTopic = new Map<string, Set<PolledResource>>();
  readonly #slot: { current: AutoPush | undefined };
  readonly #isDry: boolean;
  #subscribed = 0;
  #stopTimer: Undo | undefined;

  /** @throws ConfigError if the credential of a call is not known, or the line has such a policy at work. */
  static check(line: Holdline): void {
    if (line.snapshot().credentials.length > 0)
      throw new ConfigError("push: 'auto' does not work with a token pool: channels belong to one credential");
    if (slots.get(line)?.current) throw new ConfigError("the line has another live with push: 'auto': close it first");
  }

  constructor(readonly parts: AutoPushParts) {
    const { line } = parts;
    // A dry run only reports what policies would do.
    this.#isDry = line.snapshot().dryRun !== undefined;
    let slot = slots.get(line);
    if (!slot) {
      slot = { current: undefined };
      slots.set(line, slot);
      line.use(makePolicy(slot));
    }
    slot.current = this;
    this.#slot = slot;
  }

  get shown(): ShownOptions {
    const { repeats, withinMs, idleMs } = this.parts.options;
    const answering = [...this.#resources.values()].filter((resource) => this.#isConfirmed(resource)).length;
    return { repeats, withinMs, idleMs, answering: `${answering} resources` };
  }

  intercept(call: Call, next: Next): Promise<Outcome> {
    const { client, tenant } = this.parts;
    const { request } = call;
    if (this.#isDry) return next(call);
    const isForeign = request.owner !== client || request.ownCredential === true || call.tenant !== tenant;
    if (call.method === 'GET') return isForeign || isOwnRead(call) ? next(call) : this.#get(call, next);
    // A write by another credential changes the resource too.
    return call.method === 'HEAD' ? next(call) : this.#write(call, next);
  }

  receive(topic: string, body: unknown): void {
    for (const resource of this.#byTopic.get(topic) ?? []) {
      resource.lastEvent = body;
      resource.events++;
      if (resource.answer) resource.answer = mergeAnswer(resource.route, resource.answer, body);
    }
  }

  /** Notifications of the topic may be lost until now. */
  doubt(topic: string): void {
    for (const resource of this.#byTopic.get(topic) ?? []) this.#forget(resource);
  }

  close(): void {
    this.#slot.current = undefined;
    this.#stopTimer?.();
    this.#resources.clear();
    this.#byTopic.clear();
  }

  async #get(call: Call, next: Next): Promise<Outcome> {
    const resource = this.#find(call.url);
    if (!resource) return next(call);
    const { clock } = this.parts.options.notifications;
    const authorization = call.request.headers.get('authorization');
    const now = clock.now();
    this.#count(resource, now);
    if (this.#isConfirmed(resource) && resource.authorization === authorization) {
      const restored = restoreAnswer(call, keptAnswer(resource), 'live value');
      if (restored) return restored;
    }
    const { doubts, events } = resource;
    const outcome = await next(call);
    const isCurrent = resource.doubts === doubts && resource.writes === 0;
    if (resource.isSubscribed && isCurrent && outcome.status === 200 && !outcome.threw) {
      this.#keep(resource, call, outcome, { authorization, readAt: now, events });
    }
    return outcome;
  }

  async #write(call: Call, next: Next): Promise<Outcome> {
    const path = pathOf(call.url);
    const isBulk = path.endsWith('/bulk');
    const touched = [...this.#resources.values()].filter(({ userPath }) => isBulk || path.startsWith(userPath));
    for (const resource of touched) {
      resource.writes++;
      this.#forget(resource);
    }
    try {
      return await next(call);
    } finally {
      for (const resource of touched) {
        resource.writes--;
        this.#forget(resource);
      }
    }
  }

  /** The resource of a URL; undefined if no notification tells its answer. */
  #find(url: string): PolledResource | undefined {
    if (url.includes('?')) return undefined;
    const known = this.#resources.get(url);
    if (known) return known;
    const path = pathOf(url);
    for (const route of PUSHED_ROUTES) {
      const id = route.path.exec(path)?.[1];
      if (id === undefined || id === 'me') continue;
      const resource: PolledResource = {
        route,
        topic: fillTemplate(route.topic, [id]),
        userPath: path.slice(0, path.indexOf(`/${id}/`) + id.length + 2),
        gets: [],
        isSubscribed: false,
        answer: undefined,
        isText: true,
        authorization: undefined,
        readAt: -Infinity,
        doubts: 0,
        writes: 0,
        lastEvent: undefined,
        events: 0,
      };
      this.#resources.set(url, resource);
      if (this.#resources.size > MAX_COUNTED) this.#evict();
      return resource;
    }
    return undefined;
  }

  #evict(): void {
    for (const [url, { isSubscribed }] of this.#resources) {
      if (isSubscribed) continue;
      this.#resources.delete(url);
      return;
    }
  }

  #count(resource: PolledResource, now: number): void {
    const { repeats, withinMs, maxAutomatic } = this.parts.options;
    resource.gets = [...resource.gets.filter((at) => now - at < withinMs), now].slice(-repeats);
    if (resource.isSubscribed || resource.gets.length < repeats || this.#subscribed >= maxAutomatic) return;
    resource.isSubscribed = true;
    this.#subscribed++;
    const { topic } = resource;
    let sharing = this.#byTopic.get(topic);
    if (!sharing) this.#byTopic.set(topic, (sharing = new Set()));
    sharing.add(resource);
    this.#runApart(() => {
      this.parts.topics.want(topic);
      this.#startTimer();
    });
  }

  /** Keeps the answer of a GET, with a notification that arrived meanwhile. */
  #keep(
    resource: PolledResource,
    { request }: Call,
    { value }: Outcome,
    { authorization, readAt, events }: { authorization: string | undefined; readAt: number; events: number },
  ): void {
    const body = request.answerBody?.(value, MAX_BODY);
    const answer = parseBody(body);
    // Answers may arrive in another order than their requests.
    if (!answer || readAt < resource.readAt) return;
    resource.isText = typeof body === 'string';
    resource.authorization = authorization;
    resource.readAt = readAt;
    const merged = resource.events === 0 ? answer : mergeAnswer(resource.route, answer, resource.lastEvent);
    // An answer to a later request tells what an incomplete notification did not.
    resource.answer = merged ?? (resource.events === events ? answer : undefined);
  }

  #isConfirmed({ answer, isSubscribed, topic, writes, readAt }: PolledResource): boolean {
    if (!answer || !isSubscribed || writes > 0) return false;
    const { maxStaleMs, reconcileMs, notifications } = this.parts.options;
    const now = notifications.clock.now();
    const heardAt = this.parts.topics.heardAt(topic);
    // A GET in a while finds a change whose notification was lost.
    return heardAt !== undefined && now - heardAt <= maxStaleMs && now - readAt <= reconcileMs;
  }

  #forget(resource: PolledResource): void {
    resource.answer = undefined;
    resource.doubts++;
  }

  /** Ends the subscriptions of resources that nobody reads any more. */
  #startTimer(): void {
    if (this.#stopTimer) return;
    const { idleMs, notifications } = this.parts.options;
    this.#stopTimer = startBackgroundTimer(notifications.clock, idleMs, () => {
      this.#stopTimer = undefined;
      const now = notifications.clock.now();
      for (const [url, resource] of this.#resources) {
        if (!resource.isSubscribed || now - (resource.gets.at(-1) ?? -Infinity) < idleMs) continue;
        this.#resources.delete(url);
        this.#subscribed--;
        const sharing = this.#byTopic.get(resource.topic);
        sharing?.delete(resource);
        if (sharing?.size === 0) this.#byTopic.delete(resource.topic);
        this.parts.topics.drop(resource.topic);
      }
      if (this.#subscribed > 0) this.#startTimer();
    });
  }

  #runApart(fn: () => void): void {
    withOwnContext({ tenant: this.parts.tenant }, fn);
  }
}

function makePolicy(slot: { current: AutoPush | undefined }) {
  const define = definePolicy<object>({
    name: 'live-push',
    phase: 'answer',
    create: (): Interceptor => (call, next) => slot.current?.intercept(call, next) ?? next(call),
  });
  // Getters, so that `explain` shows the present state.
  return define({
    get repeats() {
      return slot.current?.shown.repeats;
    },
    get withinMs() {
      return slot.current?.shown.withinMs;
    },
    get idleMs() {
      return slot.current?.shown.idleMs;
    },
    get answering() {
      return slot.current?.shown.answering ?? 'closed';
    },
  });
}

function keptAnswer({ answer, isText }: PolledResource) {
  const body = isText ? JSON.stringify(answer) : structuredClone(answer);
  return { status: 200, statusText: 'OK', headers: { 'content-type': 'application/json' }, body };
}

function parseBody(body: unknown): Record<string, unknown> | undefined {
  let parsed: unknown = body;
  if (typeof body === 'string') {
    try {
      parsed = JSON.parse(body);
    } catch {
      return undefined;
    }
  }
  const isObject = typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed);
  return isObject ? (parsed as Record<string, unknown>) : undefined;
}
