import type { HoldlineEvents } from '../../contract/events.js';
import type { Ports } from '../../contract/store.js';
import type { Events } from '../../runtime/events.js';
import { type Grant, type PooledCredential, TOKEN_DEFAULTS, type TokenOptions } from './options.js';
import { type TokenSnapshot, TokenSource } from './source.js';

/** A credential of a pool as plain data, without its token. */
export interface CredentialSnapshot extends TokenSnapshot {
  credential: string;
  /** Calls that go by it now, waiting ones included. */
  active: number;
  /** Whether it gets no work until it is renewed. */
  setAside: boolean;
}

/** One credential of a pool. */
export interface PoolMember {
  readonly name: string;
  readonly source: TokenSource;
  /** Attempts that go by it now, waiting ones included. */
  active: number;
  /** 429s in a row. */
  throttles: number;
  /** Monotonic ms before which it gets no work; infinite while it is renewed. */
  asideUntil: number;
}

/** Several credentials that share the load. */
export class TokenPool {
  readonly members: readonly PoolMember[];
  readonly #throttlesUntilSetAside: number;
  /** Where the search begins, so that equals take turns. */
  #turn = 0;

  constructor(
    readonly options: TokenOptions & { pool: PooledCredential[] },
    readonly ports: Ports,
    readonly events: Events,
  ) {
    this.#throttlesUntilSetAside = options.throttlesUntilSetAside ?? TOKEN_DEFAULTS.throttlesUntilSetAside;
    this.members = options.pool.map(({ name, grant, onToken }) => {
      const given = { ...options, grant, ...(onToken && { onToken }) } as { grant: Grant };
      const source = new TokenSource(given, ports, events, name);
      return { name, source, active: 0, throttles: 0, asideUntil: -Infinity };
    });
  }

  /**
   * The credential the next attempt would go by: the least busy one in use; with none in use, the first to come back. One of
   * `except` only where there is no other.
   */
  next(except: readonly PoolMember[] = []): PoolMember {
    const { members } = this;
    const isLast = except.length >= members.length;
    const now = this.ports.clock.now();
    let best: PoolMember | undefined;
    for (let i = 0; i < members.length; i++) {
      const member = members[(this.#turn + i) % members.length] as PoolMember;
      if (!isLast && except.includes(member)) continue;
      if (!best || this.#isBetter(member, best, now)) best = member;
    }
    return best as PoolMember;
  }

  /** An attempt goes by it, until {@link TokenPool.done}. */
  begin(member: PoolMember): void {
    this.#turn = (this.members.indexOf(member) + 1) % this.members.length;
    member.active++;
    if (member.asideUntil > -Infinity && this.isUsable(member)) {
      member.asideUntil = -Infinity;
      this.events.emit('credentialBack', { credential: member.name });
    }
  }

  /** Hears of no token any more. Settles when the grants under way have ended. */
  async close(): Promise<void> {
    await Promise.all(this.members.map(({ source }) => source.close()));
  }

  /** Waits no longer for the grants under way. */
  cut(): void {
    for (const { source } of this.members) source.cut();
  }

  /** Whether a grant is one that is under way here. */
  isUnderWay(granting: object): boolean {
    return this.members.some(({ source }) => source.isUnderWay(granting));
  }

  done(member: PoolMember): void {
    member.active--;
  }

  /** Whether it gets work. */
  isUsable(member: PoolMember): boolean {
    return member.asideUntil <= this.ports.clock.now();
  }

  /** It was refused with 429, and not for being late. */
  throttled(member: PoolMember, until: number | undefined): void {
    if (++member.throttles < this.#throttlesUntilSetAside) return;
    member.throttles = 0;
    this.setAside(member, 'throttled', until);
  }

  /** Gives it no work before it has a new token, and not before `until`. */
  setAside(member: PoolMember, reason: HoldlineEvents['credentialSetAside']['reason'], until = -Infinity): void {
    // Of the only one the work has nowhere else to go.
    if (member.asideUntil === Infinity || this.members.length === 1) return;
    const { source } = member;
    member.asideUntil = Infinity;
    this.events.emit('credentialSetAside', { credential: member.name, reason });
    const back = (): void => {
      member.asideUntil = Math.max(until, source.failsUntil, this.ports.clock.now());
    };
    if (reason === 'no token') back();
    else source.refresh(source.epoch).then(back, back);
  }

  snapshot(): CredentialSnapshot[] {
    return this.members.map((member) => ({
      credential: member.name,
      ...member.source.snapshot(),
      active: member.active,
      setAside: !this.isUsable(member),
    }));
  }

  #isBetter(a: PoolMember, b: PoolMember, now: number): boolean {
    const [waitA, waitB] = [a, b].map(({ asideUntil }) => Math.max(0, asideUntil - now)) as [number, number];
    return waitA === waitB ? a.active < b.active : waitA < waitB;
  }
}
