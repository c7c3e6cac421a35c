import { Heap, type HeapItem } from './heap.js';
import type { Lane } from './lane.js';
import { Flow, type Waiter } from './waiter.js';

/** Tenants without calls are looked for when there are this many, and then when that number has doubled. */
const FIRST_FORGET = 1_000;

/** A tenant's place in one priority class. `key` is its pass: how much it was given, by its weight. */
export class Tenant implements HeapItem {
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
export class PriorityClass {
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
