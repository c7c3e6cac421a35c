import { Heap } from './heap.js';
import { Flow, type QueueLane, Tenant, type Waiter } from './waiter.js';

/** Number of tenants from which those without calls are removed. The next sweep is at twice the number that is left. */
const MIN_SWEEP_SIZE = 1_000;

/** One of the four priority classes. Tenants get weighted fair shares; within a tenant the oldest call comes first. */
export class PriorityClass<L extends QueueLane<L>> {
  readonly tenants = new Map<string, Tenant<L>>();
  /** Tenants with a call that is not parked, the lowest pass first. */
  readonly active = new Heap<Tenant<L>>();
  /** Flows by their newest call. */
  readonly #newest = new Heap<Flow<L>['newest']>();
  /** Flows whose newest call has changed. They are sorted when a call is to be shed, because most queues never shed one. */
  readonly #unsorted = new Set<Flow<L>>();
  /** Number of waiting calls. */
  size = 0;
  /** Sum of the shares of the tenants in `active`. */
  activeShares = 0;
  /** Permits that the waiting calls need. */
  needed = 0;
  /** When the class last got a permit, or began to wait for one; monotonic ms. */
  servedAt = 0;
  /** The pass of a tenant that has always got exactly its share. New tenants start with it. */
  #virtualTime = 0;
  #sweepAt = MIN_SWEEP_SIZE;

  constructor(
    /** Index into PRIORITIES. */
    readonly priority: number,
  ) {}

  /** Adds a waiter to the flow of its tenant and lane. */
  add(waiter: Waiter<L>, shares: Readonly<Record<string, number>>): void {
    const { tenant: name, lane, weight } = waiter;
    let tenant = this.tenants.get(name);
    if (!tenant) {
      tenant = new Tenant(name, readShare(shares, name), this.priority);
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
    if (!flow.unsorted && flow.tail === waiter) this.#markUnsorted(flow);
    this.size++;
    this.needed += weight;
    tenant.needed += weight;
    tenant.waiting++;
    if (!lane.parkedAt) this.activate(flow);
  }

  /** Removes a waiter from its flow. */
  remove(waiter: Waiter<L>, flow: Flow<L>, weight: number): void {
    if (!flow.unsorted && flow.tail === waiter) this.#markUnsorted(flow);
    flow.remove(waiter);
    this.size--;
    this.needed -= weight;
    flow.tenant.needed -= weight;
    flow.tenant.waiting--;
    if (!flow.head) this.#removeFlow(flow);
    else if (flow.at >= 0) this.activate(flow);
    if (this.size === 0) this.#reset();
  }

  /** Lets a flow compete, or moves it after its head has changed. */
  activate(flow: Flow<L>): void {
    const { tenant } = flow;
    const key = (flow.head as Waiter<L>).call.id;
    if (flow.at < 0) {
      flow.key = key;
      tenant.active.push(flow);
    } else if (flow.key !== key) {
      flow.key = key;
      tenant.active.update(flow);
    }
    if (tenant.at < 0) {
      // A tenant that returns has no claim on shares that it did not use.
      tenant.key = Math.max(tenant.key, this.#virtualTime);
      this.active.push(tenant);
      this.activeShares += tenant.share;
    }
  }

  /** Takes a flow out of the competition. */
  deactivate(flow: Flow<L>): void {
    const { tenant } = flow;
    if (flow.at >= 0) tenant.active.remove(flow);
    if (tenant.at >= 0 && tenant.active.size === 0) {
      this.active.remove(tenant);
      this.activeShares = this.active.size === 0 ? 0 : this.activeShares - tenant.share;
    }
  }

  /** The next waiter to serve. */
  peek(): Waiter<L> | undefined {
    return this.active.peek()?.active.peek()?.head;
  }

  /** Charges the permits of the next waiter to its tenant: the tenant's pass and the virtual time advance. */
  charge({ tenant }: Flow<L>, weight: number): void {
    this.#virtualTime += weight / Math.max(this.activeShares, tenant.share);
    tenant.key += weight / tenant.share;
    this.active.update(tenant);
    // A new tenant must not start before all tenants that compete.
    this.#virtualTime = Math.max(this.#virtualTime, (this.active.peek() as Tenant<L>).key);
    if (this.tenants.size > this.#sweepAt) this.#removeTenants();
  }

  /** Applies the shares of an update. */
  applyShares(shares: Readonly<Record<string, number>>): void {
    this.activeShares = 0;
    for (const tenant of this.tenants.values()) {
      tenant.share = readShare(shares, tenant.name);
      if (tenant.at >= 0) this.activeShares += tenant.share;
    }
  }

  /** Estimates the permits of the class that go before a new call of this tenant; at most all. */
  countAhead(name: string, weight: number, shares: Readonly<Record<string, number>>): number {
    const tenant = this.tenants.get(name);
    const share = tenant?.share ?? readShare(shares, name);
    const all = tenant && tenant.at >= 0 ? this.activeShares : this.activeShares + share;
    return Math.min(this.needed, (((tenant?.needed ?? 0) + weight) * all) / share - weight);
  }

  /** All waiters, in no order. */
  waiters(): Waiter<L>[] {
    return [...this.tenants.values()].flatMap(({ flows }) => [...flows.values()].flatMap((flow) => flow.waiters()));
  }

  /** The newest waiter of the class. */
  findNewest(): Waiter<L> | undefined {
    for (const flow of this.#unsorted) {
      const { newest, tail } = flow;
      flow.unsorted = false;
      newest.key = -(tail as Waiter<L>).call.id;
      if (newest.at < 0) this.#newest.push(newest);
      else this.#newest.update(newest);
    }
    this.#unsorted.clear();
    return this.#newest.peek()?.flow.tail;
  }

  /** Marks a flow whose newest call has changed. */
  #markUnsorted(flow: Flow<L>): void {
    flow.unsorted = true;
    this.#unsorted.add(flow);
  }

  /** Removes a flow without calls. The tenant keeps its pass until a sweep, so that leaving and returning gains nothing. */
  #removeFlow(flow: Flow<L>): void {
    this.deactivate(flow);
    this.#unsorted.delete(flow);
    if (flow.newest.at >= 0) this.#newest.remove(flow.newest);
    flow.tenant.flows.delete(flow.lane);
    flow.lane.flows.delete(flow);
  }

  /** Removes tenants without calls whose pass is not ahead of the virtual time. */
  #removeTenants(): void {
    for (const tenant of this.tenants.values()) {
      if (tenant.flows.size === 0 && tenant.key <= this.#virtualTime) this.tenants.delete(tenant.name);
    }
    this.#sweepAt = Math.max(MIN_SWEEP_SIZE, this.tenants.size * 2);
  }

  /** Resets the shares, because no call waits any more. */
  #reset(): void {
    this.tenants.clear();
    this.#virtualTime = 0;
    this.#sweepAt = MIN_SWEEP_SIZE;
  }
}

function readShare(shares: Readonly<Record<string, number>>, tenant: string): number {
  return Object.hasOwn(shares, tenant) ? (shares[tenant] as number) : 1;
}
