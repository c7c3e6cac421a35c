import type { Call } from '../call.js';
import { PRIORITIES } from '../context.js';
import { Heap, type HeapItem } from './heap.js';
import type { Lane } from './lane.js';

/** A call in the queue. Its promise settles with a permit, or with the reason why it left. */
export class Waiter {
  previous: Waiter | undefined = undefined;
  next: Waiter | undefined = undefined;
  flow: Flow | undefined = undefined;

  constructor(
    readonly call: Call,
    readonly lane: Lane,
    readonly weight: number,
    readonly resolve: () => void,
    readonly reject: (error: unknown) => void,
  ) {}
}

/** The waiting calls of one tenant, one priority and one lane, oldest first. */
export class Flow implements HeapItem {
  key = 0;
  at = -1;
  head: Waiter | undefined = undefined;
  tail: Waiter | undefined = undefined;

  constructor(
    readonly lane: Lane,
    readonly tenant: Tenant,
  ) {}

  /** Puts a waiter behind all older ones; a retried call is older than most, so it is looked for from the nearer end. */
  insert(waiter: Waiter): void {
    const { order } = waiter.call;
    let after = this.tail;
    if (this.head && order < this.head.call.order) after = undefined;
    else while (after && after.call.order > order) after = after.previous;
    waiter.previous = after;
    waiter.next = after ? after.next : this.head;
    if (waiter.previous) waiter.previous.next = waiter;
    else this.head = waiter;
    if (waiter.next) waiter.next.previous = waiter;
    else this.tail = waiter;
    waiter.flow = this;
  }

  waiters(): Waiter[] {
    const all: Waiter[] = [];
    for (let waiter = this.head; waiter; waiter = waiter.next) all.push(waiter);
    return all;
  }

  remove(waiter: Waiter): void {
    if (waiter.previous) waiter.previous.next = waiter.next;
    else this.head = waiter.next;
    if (waiter.next) waiter.next.previous = waiter.previous;
    else this.tail = waiter.previous;
    waiter.previous = waiter.next = undefined;
    waiter.flow = undefined;
  }
}

/** A tenant's place in one priority class. `key` is its pass: how much it was given, by its weight. */
class Tenant implements HeapItem {
  key = 0;
  at = -1;
  readonly flows = new Map<Lane, Flow>();
  readonly active = new Heap<Flow>();

  constructor(
    readonly name: string,
    readonly share: number,
    readonly cls: PriorityClass,
  ) {}
}

/** One of the four classes: tenants by weighted fair shares, inside a tenant the oldest call first. */
class PriorityClass {
  readonly tenants = new Map<string, Tenant>();
  readonly active = new Heap<Tenant>();
  size = 0;
  /** When it last got a permit, or began to wait for one. */
  servedAt = 0;
  #virtualTime = 0;

  flowOf(name: string, lane: Lane, shares: Readonly<Record<string, number>>): Flow {
    let tenant = this.tenants.get(name);
    if (!tenant) this.tenants.set(name, (tenant = new Tenant(name, shares[name] ?? 1, this)));
    let flow = tenant.flows.get(lane);
    if (!flow) {
      tenant.flows.set(lane, (flow = new Flow(lane, tenant)));
      lane.flows.add(flow);
    }
    return flow;
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
    }
  }

  deactivate(flow: Flow): void {
    const { tenant } = flow;
    if (flow.at >= 0) tenant.active.remove(flow);
    if (tenant.at >= 0 && tenant.active.size === 0) this.active.remove(tenant);
  }

  /** Forgets flows without calls, and tenants without flows. */
  tidy(flow: Flow): void {
    if (flow.head) return;
    this.deactivate(flow);
    const { tenant } = flow;
    tenant.flows.delete(flow.lane);
    flow.lane.flows.delete(flow);
    // Kept while its pass is ahead of the class: leaving and coming back must not be a way to a second share.
    if (tenant.flows.size === 0 && tenant.key <= this.#virtualTime) this.tenants.delete(tenant.name);
  }

  peek(): Waiter | undefined {
    return this.active.peek()?.active.peek()?.head;
  }

  charge(tenant: Tenant, weight: number): void {
    this.#virtualTime = Math.max(this.#virtualTime, tenant.key);
    tenant.key += weight / tenant.share;
    if (tenant.at >= 0) this.active.moved(tenant);
    if (this.tenants.size > 1000 && this.active.size * 2 < this.tenants.size) this.#forget();
  }

  #forget(): void {
    for (const tenant of this.tenants.values()) {
      if (tenant.flows.size === 0 && tenant.key <= this.#virtualTime) this.tenants.delete(tenant.name);
    }
  }
}

/** All that waits for one credential, in the order in which it will be served. */
export class WaitQueue {
  readonly #classes = PRIORITIES.map(() => new PriorityClass());
  size = 0;

  constructor(
    public shares: Readonly<Record<string, number>>,
    public agingMs: number,
  ) {}

  add(waiter: Waiter, now: number): void {
    const { call, lane } = waiter;
    const cls = this.#classes[call.priority] as PriorityClass;
    if (cls.size === 0) cls.servedAt = now;
    const flow = cls.flowOf(call.tenant ?? '', lane, this.shares);
    flow.insert(waiter);
    cls.size++;
    this.size++;
    lane.waiting++;
    if (!lane.parkedAt) cls.activate(flow);
  }

  /** Takes a waiter out, wherever it stands. O(log flows). */
  remove(waiter: Waiter): void {
    const { flow, call, lane } = waiter;
    if (!flow) return;
    const cls = this.#classes[call.priority] as PriorityClass;
    flow.remove(waiter);
    cls.size--;
    this.size--;
    lane.waiting--;
    if (!flow.head) cls.tidy(flow);
    else if (flow.at >= 0) cls.activate(flow);
  }

  /** The next to be served among lanes that are not parked, without taking it out. */
  peek(now: number): Waiter | undefined {
    let overdue: PriorityClass | undefined;
    let first: Waiter | undefined;
    for (const cls of this.#classes) {
      if (cls.size === 0) continue;
      const waiter = cls.peek();
      if (!waiter) continue;
      if (!first) first = waiter;
      else if (now - cls.servedAt >= this.agingMs && (!overdue || cls.servedAt < overdue.servedAt)) overdue = cls;
    }
    return overdue?.peek() ?? first;
  }

  /** Takes out a waiter that is served now. */
  serve(waiter: Waiter, now: number): void {
    const cls = this.#classes[waiter.call.priority] as PriorityClass;
    cls.servedAt = now;
    const tenant = (waiter.flow as Flow).tenant;
    this.remove(waiter);
    cls.charge(tenant, waiter.weight);
  }

  /** Sets aside all calls of a lane: something other than the credential holds them back. */
  park(lane: Lane): void {
    for (const flow of lane.flows) flow.tenant.cls.deactivate(flow);
  }

  unpark(lane: Lane): void {
    for (const flow of lane.flows) flow.tenant.cls.activate(flow);
  }

  /** How many calls stand before a newcomer of this priority. */
  ahead(priority: number): number {
    let n = 0;
    for (let i = 0; i <= priority; i++) n += (this.#classes[i] as PriorityClass).size;
    return n;
  }

  /** The newest call of the lowest class below `priority`: the one to shed. */
  newestBelow(priority: number): Waiter | undefined {
    for (let i = PRIORITIES.length - 1; i > priority; i--) {
      const cls = this.#classes[i] as PriorityClass;
      if (cls.size === 0) continue;
      let newest: Waiter | undefined;
      for (const tenant of cls.tenants.values()) {
        for (const { tail } of tenant.flows.values()) {
          if (tail && (!newest || tail.call.order > newest.call.order)) newest = tail;
        }
      }
      return newest;
    }
    return undefined;
  }

  /** All waiters; for the rare events that concern many at once. */
  waiters(): Waiter[] {
    const all: Waiter[] = [];
    for (const cls of this.#classes) {
      for (const tenant of cls.tenants.values()) for (const flow of tenant.flows.values()) for (const waiter of flow.waiters()) all.push(waiter);
    }
    return all;
  }

  /** Waiting calls by priority. */
  counts(): Record<string, number> {
    return Object.fromEntries(PRIORITIES.map((name, i) => [name, (this.#classes[i] as PriorityClass).size]));
  }
}
