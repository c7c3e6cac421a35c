import type { QueuedCall } from '../breaker/policy.js';
import type { CancelListener } from '../call.js';
import { PRIORITIES } from '../context.js';
import { Passage } from '../passage.js';
import type { GovernedRoute } from './governor.js';
import { Heap, type HeapItem } from './heap.js';
import type { Lane } from './lane.js';
import type { Scope } from './scope.js';

/** Tenants without calls are looked for when there are this many, and then when that number has doubled. */
const FIRST_FORGET = 1_000;

/** Whom the calls in the queue belong to: the governor. */
export interface WaitHost {
  /** A waiter wants to leave the queue before its turn. */
  dismiss(waiter: Waiter, reason: unknown): void;
  /** A scope has other quotas now. */
  renumbered(scope: Scope): void;
}

/**
 * A call in the queue. It takes the place of the passage that came there, so that one object less waits: its promise resolves
 * with itself when it has a permit, or a reason why it left without one, and the call goes on with it.
 */
export class Waiter extends Passage implements CancelListener, QueuedCall {
  /** Those before and behind it in its flow. */
  older: Waiter | undefined = undefined;
  younger: Waiter | undefined = undefined;
  /** Where it waits; undefined where it does not, any more or yet. */
  flow: Flow | undefined = undefined;
  refusal: unknown = undefined;
  #resolve!: (self: this) => void;

  constructor(
    { call, way, at, ticket }: Passage,
    public lane: Lane,
    /** Monotonic ms. */
    readonly since: number,
  ) {
    super(call, way, at);
    this.ticket = ticket;
  }

  get weight(): number {
    return this.call.weight;
  }

  get priority(): number {
    return this.call.priority;
  }

  get tenant(): string {
    return this.call.tenant ?? '';
  }

  get route(): GovernedRoute {
    return this.lane.configured as GovernedRoute;
  }

  /** Called once. */
  turn(): Promise<this> {
    const turn = new Promise<this>(keepResolve);
    this.#resolve = resolveOfLast;
    return turn;
  }

  /** Its wait is over. */
  end(): void {
    this.#resolve(this);
  }

  reject(error: unknown): void {
    // Whoever makes several calls leave may come too late for this one.
    if (this.flow) this.lane.domain.host.dismiss(this, error);
  }

  onCancelled(reason: unknown): void {
    this.reject(reason);
  }
}

/** Of the promise that was made last. One function for all of them: each would else hold another one, with what it knows. */
let resolveOfLast: (value: unknown) => void;
function keepResolve(resolve: (value: never) => void): void {
  resolveOfLast = resolve as typeof resolveOfLast;
}

/** The waiting calls of one tenant, one priority and one lane, oldest first. */
export class Flow implements HeapItem {
  key = 0;
  at = -1;
  head: Waiter | undefined = undefined;
  tail: Waiter | undefined = undefined;
  /** Its place among the flows of its class, the one with the newest call first; out of date while it is `unsorted`. */
  readonly newest = { key: 0, at: -1, flow: this as Flow };
  unsorted = false;
  /** Who came in last: calls that move here from another lane come one behind the other. */
  #latest: Waiter | undefined = undefined;

  constructor(
    readonly lane: Lane,
    readonly tenant: Tenant,
  ) {}

  /** Puts a waiter behind all older ones. */
  insert(waiter: Waiter): void {
    const after = this.#placeOf(waiter.call.order);
    const before = after ? after.younger : this.head;
    waiter.older = after;
    waiter.younger = before;
    if (after) after.younger = waiter;
    else this.head = waiter;
    if (before) before.older = waiter;
    else this.tail = waiter;
    waiter.flow = this;
    this.#latest = waiter;
  }

  waiters(): Waiter[] {
    const all: Waiter[] = [];
    for (let waiter = this.head; waiter; waiter = waiter.younger) all.push(waiter);
    return all;
  }

  remove(waiter: Waiter): void {
    const { older, younger } = waiter;
    if (older) older.younger = younger;
    else this.head = younger;
    if (younger) younger.older = older;
    else this.tail = older;
    waiter.older = waiter.younger = waiter.flow = undefined;
    if (this.#latest === waiter) this.#latest = undefined;
  }

  /** The youngest of those older than `order`. Looks from both ends: a new call is the newest, a retried one among the oldest. */
  #placeOf(order: number): Waiter | undefined {
    const latest = this.#latest;
    if (latest?.younger && latest.call.order <= order && latest.younger.call.order > order) return latest;
    let before = this.head;
    let after = this.tail;
    while (before && after) {
      if (after.call.order <= order) return after;
      if (before.call.order > order) return before.older;
      after = after.older;
      before = before.younger;
    }
    return undefined;
  }
}

/** A tenant's place in one priority class. `key` is its pass: how much it was given, by its weight. */
class Tenant implements HeapItem {
  key = 0;
  at = -1;
  readonly flows = new Map<Lane, Flow>();
  readonly active = new Heap<Flow>();
  /** Permits that its waiting calls need. */
  needed = 0;

  constructor(
    readonly name: string,
    public share: number,
    readonly cls: PriorityClass,
  ) {}
}

/** One of the four classes: tenants by weighted fair shares, inside a tenant the oldest call first. */
class PriorityClass {
  readonly tenants = new Map<string, Tenant>();
  readonly active = new Heap<Tenant>();
  readonly #newest = new Heap<Flow['newest']>();
  /** Flows whose newest call is another one by now. Put in their place when somebody asks: most queues never shed a call. */
  readonly #unsorted = new Set<Flow>();
  /** Waiting calls. */
  size = 0;
  /** Shares of the tenants that compete now. */
  activeShares = 0;
  /** Permits that its waiting calls need. */
  needed = 0;
  /** When it last got a permit, or began to wait for one. */
  servedAt = 0;
  /** The pass of a tenant that would have got exactly its share all the time: where newcomers begin. */
  #virtualTime = 0;
  #forgetAt = FIRST_FORGET;

  constructor(
    /** Index into PRIORITIES. */
    readonly priority: number,
  ) {}

  add(waiter: Waiter, shares: Readonly<Record<string, number>>): void {
    const { tenant: name, lane, weight } = waiter;
    let tenant = this.tenants.get(name);
    if (!tenant) {
      tenant = new Tenant(name, shareOf(shares, name), this);
      tenant.key = this.#virtualTime;
      this.tenants.set(name, tenant);
    }
    let flow = tenant.flows.get(lane);
    if (!flow) {
      flow = new Flow(lane, tenant);
      tenant.flows.set(lane, flow);
      lane.flows.add(flow);
    }
    flow.insert(waiter);
    if (!flow.unsorted && flow.tail === waiter) this.#renew(flow);
    this.size++;
    this.needed += weight;
    tenant.needed += weight;
    if (!lane.parkedAt) this.activate(flow);
  }

  remove(waiter: Waiter, flow: Flow, weight: number): void {
    if (!flow.unsorted && flow.tail === waiter) this.#renew(flow);
    flow.remove(waiter);
    this.size--;
    this.needed -= weight;
    flow.tenant.needed -= weight;
    if (!flow.head) this.#drop(flow);
    else if (flow.at >= 0) this.activate(flow);
    if (this.size === 0) this.#reset();
  }

  activate(flow: Flow): void {
    const { tenant } = flow;
    const key = (flow.head as Waiter).call.order;
    if (flow.at < 0) {
      flow.key = key;
      tenant.active.push(flow);
    } else if (flow.key !== key) {
      flow.key = key;
      tenant.active.moved(flow);
    }
    if (tenant.at < 0) {
      // A tenant that comes back has no claim on what it did not use meanwhile.
      tenant.key = Math.max(tenant.key, this.#virtualTime);
      this.active.push(tenant);
      this.activeShares += tenant.share;
    }
  }

  deactivate(flow: Flow): void {
    const { tenant } = flow;
    if (flow.at >= 0) tenant.active.remove(flow);
    if (tenant.at >= 0 && tenant.active.size === 0) {
      this.active.remove(tenant);
      this.activeShares = this.active.size === 0 ? 0 : this.activeShares - tenant.share;
    }
  }

  peek(): Waiter | undefined {
    return this.active.peek()?.active.peek()?.head;
  }

  /** A waiter is served that was the next: its tenant's pass moves on, and with it the common time. */
  charge({ tenant }: Flow, weight: number): void {
    this.#virtualTime += weight / Math.max(this.activeShares, tenant.share);
    tenant.key += weight / tenant.share;
    this.active.moved(tenant);
    // Nobody who competes is behind the common time for long; a newcomer begins no earlier than they stand.
    this.#virtualTime = Math.max(this.#virtualTime, (this.active.peek() as Tenant).key);
    if (this.tenants.size > this.#forgetAt) this.#forget();
  }

  reshare(shares: Readonly<Record<string, number>>): void {
    this.activeShares = 0;
    for (const tenant of this.tenants.values()) {
      tenant.share = shareOf(shares, tenant.name);
      if (tenant.at >= 0) this.activeShares += tenant.share;
    }
  }

  /** Which part of the class a newcomer of this tenant would have to let go first, at most all. */
  ahead(name: string, weight: number, shares: Readonly<Record<string, number>>): number {
    const tenant = this.tenants.get(name);
    const share = tenant?.share ?? shareOf(shares, name);
    const all = tenant && tenant.at >= 0 ? this.activeShares : this.activeShares + share;
    return Math.min(this.needed, (((tenant?.needed ?? 0) + weight) * all) / share - weight);
  }

  /** In no order. */
  waiters(): Waiter[] {
    return [...this.tenants.values()].flatMap(({ flows }) => [...flows.values()].flatMap((flow) => flow.waiters()));
  }

  /** The newest call. */
  newest(): Waiter | undefined {
    for (const flow of this.#unsorted) {
      const { newest, tail } = flow;
      flow.unsorted = false;
      newest.key = -(tail as Waiter).call.order;
      if (newest.at < 0) this.#newest.push(newest);
      else this.#newest.moved(newest);
    }
    this.#unsorted.clear();
    return this.#newest.peek()?.flow.tail;
  }

  /** The newest call of a flow is another one. */
  #renew(flow: Flow): void {
    flow.unsorted = true;
    this.#unsorted.add(flow);
  }

  /** Forgets a flow without calls. Its tenant stays until its pass is not ahead: leaving and coming back gains nothing. */
  #drop(flow: Flow): void {
    this.deactivate(flow);
    this.#unsorted.delete(flow);
    if (flow.newest.at >= 0) this.#newest.remove(flow.newest);
    flow.tenant.flows.delete(flow.lane);
    flow.lane.flows.delete(flow);
  }

  #forget(): void {
    for (const tenant of this.tenants.values()) {
      if (tenant.flows.size === 0 && tenant.key <= this.#virtualTime) this.tenants.delete(tenant.name);
    }
    this.#forgetAt = Math.max(FIRST_FORGET, this.tenants.size * 2);
  }

  /** Nobody waits, so nobody has a claim. */
  #reset(): void {
    this.tenants.clear();
    this.#virtualTime = 0;
    this.#forgetAt = FIRST_FORGET;
  }
}

function shareOf(shares: Readonly<Record<string, number>>, tenant: string): number {
  return Object.hasOwn(shares, tenant) ? (shares[tenant] as number) : 1;
}

export function byAge(a: Waiter, b: Waiter): number {
  return a.call.order - b.call.order;
}

/** What a newcomer has to expect of its own class. */
export interface Outlook {
  /** Permits of its class that go before it, as a part of all that wait in the class. */
  part: number;
  /** Monotonic ms at which aging will have given its class as many permits as that. */
  agedAt: number;
}

/** All that waits for one credential, in the order in which it will be served. */
export class WaitQueue {
  readonly #classes = PRIORITIES.map((_, priority) => new PriorityClass(priority));
  #shares: Readonly<Record<string, number>>;
  /** Whether the last permit went to a class out of its order. */
  #aged = false;
  size = 0;

  constructor(
    shares: Readonly<Record<string, number>>,
    public agingMs: number,
  ) {
    this.#shares = shares;
  }

  set shares(shares: Readonly<Record<string, number>>) {
    this.#shares = shares;
    for (const cls of this.#classes) cls.reshare(shares);
  }

  add(waiter: Waiter, now: number): void {
    const cls = this.#classOf(waiter);
    if (cls.size === 0) cls.servedAt = now;
    cls.add(waiter, this.#shares);
    waiter.lane.count(cls.priority, waiter.weight, 1);
    this.size++;
  }

  /** Takes a waiter out, wherever it stands. O(log n). */
  remove(waiter: Waiter): void {
    if (waiter.flow) this.#takeOut(waiter, waiter.flow, waiter.weight);
  }

  /** Moves a waiter to another lane; among the calls there it has the place of its age. */
  move(waiter: Waiter, lane: Lane): void {
    const cls = this.#classOf(waiter);
    const { servedAt } = cls;
    this.remove(waiter);
    waiter.lane = lane;
    this.add(waiter, servedAt);
  }

  /**
   * The next to be served among lanes that are not parked, without taking it out.
   *
   * A class without a permit for `agingMs`, and for longer than the more important ones, is overdue and goes first. But not twice
   * in a row: where permits come more slowly than classes age, everything is overdue, and the order would be turned upside down.
   */
  peek(now: number): Waiter | undefined {
    let chosen = this.#firstActive();
    if (!chosen || this.#aged) return chosen?.peek();
    for (const cls of this.#classes) {
      if (cls.active.size === 0) continue;
      // The same sum as of the timer, or its rounding would make that come a moment too early for nothing.
      if (now >= cls.servedAt + this.agingMs && cls.servedAt < chosen.servedAt) chosen = cls;
    }
    return chosen.peek();
  }

  /** When another one is the next to be served because its class has become overdue, if nobody comes, leaves or is served before. */
  nextTurnAt(now: number): number {
    const chosen = this.peek(now)?.flow?.tenant.cls;
    if (!chosen || this.#aged) return Infinity;
    let at = Infinity;
    for (const { active, servedAt } of this.#classes) {
      const overdueAt = servedAt + this.agingMs;
      if (active.size > 0 && servedAt < chosen.servedAt && overdueAt > now) at = Math.min(at, overdueAt);
    }
    return at;
  }

  /** Takes out a waiter that is served now. */
  serve(waiter: Waiter, now: number): void {
    const { weight } = waiter;
    const flow = waiter.flow as Flow;
    const { cls } = flow.tenant;
    this.#aged = this.#firstActive() !== cls;
    cls.servedAt = now;
    cls.charge(flow, weight);
    this.#takeOut(waiter, flow, weight);
  }

  /** Sets aside all calls of a lane: something other than the credential holds them back. */
  park(lane: Lane): void {
    for (const flow of lane.flows) flow.tenant.cls.deactivate(flow);
  }

  unpark(lane: Lane): void {
    for (const flow of lane.flows) flow.tenant.cls.activate(flow);
  }

  outlook(priority: number, tenant: string, weight: number, now: number): Outlook {
    const cls = this.#classes[priority] as PriorityClass;
    const ahead = cls.ahead(tenant, weight, this.#shares);
    return {
      part: cls.needed === 0 ? 0 : ahead / cls.needed,
      agedAt: (cls.size === 0 ? now : cls.servedAt) + this.agingMs * (ahead + weight),
    };
  }

  /** The newest call of the lowest class below `priority`: the one to shed. */
  newestBelow(priority: number): Waiter | undefined {
    for (let i = PRIORITIES.length - 1; i > priority; i--) {
      const newest = (this.#classes[i] as PriorityClass).newest();
      if (newest) return newest;
    }
    return undefined;
  }

  /** All waiters, the oldest first; for the rare events that concern many at once. */
  waiters(): Waiter[] {
    return this.#classes.flatMap((cls) => cls.waiters()).sort(byAge);
  }

  /** Waiters that need more than one permit, the oldest first. */
  heavy(): Waiter[] {
    return this.#classes
      .filter(({ needed, size }) => needed > size)
      .flatMap((cls) => cls.waiters().filter(({ weight }) => weight > 1))
      .sort(byAge);
  }

  /** Waiting calls by priority. */
  counts(): Record<string, number> {
    return Object.fromEntries(PRIORITIES.map((name, i) => [name, (this.#classes[i] as PriorityClass).size]));
  }

  /** Looks at the call for nothing: whoever takes out thousands would wait for the memory of each. */
  #takeOut(waiter: Waiter, flow: Flow, weight: number): void {
    const { cls } = flow.tenant;
    cls.remove(waiter, flow, weight);
    waiter.lane.count(cls.priority, weight, -1);
    this.size--;
  }

  /** The most important class of which somebody may be served. */
  #firstActive(): PriorityClass | undefined {
    for (const cls of this.#classes) if (cls.active.size > 0) return cls;
    return undefined;
  }

  #classOf(waiter: Waiter): PriorityClass {
    return this.#classes[waiter.priority] as PriorityClass;
  }
}
