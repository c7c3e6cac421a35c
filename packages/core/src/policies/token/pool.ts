import type { CredentialRef } from '../../contract/call.js';
import type { HoldlineEvents } from '../../contract/events.js';
import type { Ports } from '../../contract/store.js';
import type { Events } from '../../runtime/events.js';
import { type Grant, type PooledCredential, TOKEN_DEFAULTS, type TokenOptions } from './options.js';
import type { TokenSnapshot } from './snapshot.js';
import { TokenSource } from './source.js';

/**
 * A credential of a pool as plain data, without its token.
 * @public
 */
export interface CredentialSnapshot extends TokenSnapshot {
  credential: string;
  /** Calls that use the credential now, including waiting ones. */
  active: number;
  /** Whether the credential gets no calls until it is renewed. */
  setAside: boolean;
}

/** One credential of a pool. */
export interface PoolMember extends CredentialRef {
  readonly source: TokenSource;
  /** Attempts that use the credential now, including waiting ones. */
  active: number;
  /** 429s in a row. */
  throttles: number;
  /** Monotonic ms before which the credential gets no calls; infinite during its renewal. */
  asideUntil: number;
}

/** Returns the credential of the pool that signs a call. Only the pool sets it. */
export function memberOf({ credential }: { readonly credential: CredentialRef | undefined }): PoolMember | undefined {
  return credential as PoolMember | undefined;
}

/** Several credentials that share the calls. */
export class TokenPool {
  readonly members: readonly PoolMember[];
  readonly #throttlesUntilSetAside: number;
  /** Index at which the search starts, so that equally busy credentials take turns. */
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
   * Returns the credential for the next attempt: the least busy usable one. If all are set aside, it is the first one to come back.
   * The result is one of `except` only if there is no other credential.
   */
  choose(except: readonly PoolMember[] = []): PoolMember {
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

  /** Counts an attempt with the credential, until {@link TokenPool.end}. */
  begin(member: PoolMember): void {
    this.#turn = (this.members.indexOf(member) + 1) % this.members.length;
    member.active++;
    if (member.asideUntil > -Infinity && this.isUsable(member)) {
      member.asideUntil = -Infinity;
      this.events.emit('credentialBack', { credential: member.name });
    }
  }

  /** Stops using shared tokens. Settles when the running grants have ended. */
  async close(): Promise<void> {
    await Promise.all(this.members.map(({ source }) => source.close()));
  }

  /** Gives up the running grants. */
  cut(): void {
    for (const { source } of this.members) source.cut();
  }

  /** Whether a grant of this pool is running. */
  isUnderWay(granting: object): boolean {
    return this.members.some(({ source }) => source.isUnderWay(granting));
  }

  /** Ends the count of an attempt. */
  end(member: PoolMember): void {
    member.active--;
  }

  /** Whether the credential gets calls. */
  isUsable(member: PoolMember): boolean {
    return member.asideUntil <= this.ports.clock.now();
  }

  /** Counts a 429, and sets the credential aside after too many in a row. */
  throttle(member: PoolMember, until: number | undefined): void {
    if (++member.throttles < this.#throttlesUntilSetAside) return;
    member.throttles = 0;
    this.setAside(member, 'throttled', until);
  }

  /** Sets the credential aside until it has a new token, and at least until `until`. */
  setAside(member: PoolMember, reason: HoldlineEvents['credentialSetAside']['reason'], until = -Infinity): void {
    // The calls of the only credential could use no other one.
    if (member.asideUntil === Infinity || this.members.length === 1) return;
    const { source } = member;
    member.asideUntil = Infinity;
    this.events.emit('credentialSetAside', { credential: member.name, reason });
    const comeBack = (): void => {
      member.asideUntil = Math.max(until, source.failsUntil, this.ports.clock.now());
    };
    if (reason === 'no token') comeBack();
    else source.refresh(source.epoch).then(comeBack, comeBack);
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
