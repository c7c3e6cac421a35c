import type { ActiveCall } from '../../call/call.js';
import type { Undo } from '../../contract/clock.js';
import type { Outcome } from '../../contract/outcome.js';
import type { BulkTarget } from './bulk-target.js';

/** Largest length of the URL of a list. CloudFront, which many platforms stand behind, refuses a URL above 8,192 bytes. */
const MAX_URL = 7_000;

/** A call that waits for a list. */
export class BulkMember {
  /** Stops listening to the end of the call. */
  stop: Undo | undefined = undefined;
  isGone = false;

  constructor(
    readonly call: ActiveCall,
    readonly target: BulkTarget,
    /** Ends the wait: with an answer, or with undefined for a call that must be sent itself. */
    readonly resolve: (outcome: Outcome | undefined) => void,
    readonly reject: (error: unknown) => void,
  ) {}

  end(outcome: Outcome | undefined): void {
    this.stop?.();
    if (!this.isGone) this.resolve(outcome);
  }

  leave(reason: unknown): void {
    this.stop?.();
    this.isGone = true;
    this.reject(reason);
  }
}

/** Calls of one owner that share a list. A group takes members only until its list is sent. */
export class BulkGroup {
  readonly members = new Map<string, BulkMember[]>();
  stopTimer: Undo | undefined = undefined;
  #length: number;

  constructor(
    /** Key of the group among those that wait. */
    readonly key: string,
    /** Name of the list among those of all owners. */
    readonly list: string,
    target: BulkTarget,
  ) {
    this.#length = target.url.length + target.passed.join('&').length;
  }

  /** Number of different ids. */
  get size(): number {
    return this.members.size;
  }

  /** Whether the group can take another id. */
  hasRoomFor(id: string, max: number): boolean {
    return this.members.has(id) || (this.size < max && this.#length + lengthOf(id) <= MAX_URL);
  }

  add(member: BulkMember): void {
    const { id } = member.target;
    const same = this.members.get(id);
    if (same) return void same.push(member);
    this.members.set(id, [member]);
    this.#length += lengthOf(id);
  }

  remove(member: BulkMember): void {
    const { id } = member.target;
    const left = this.members.get(id)?.filter((other) => other !== member) ?? [];
    if (left.length > 0) return void this.members.set(id, left);
    if (this.members.delete(id)) this.#length -= lengthOf(id);
  }
}

/** Length of an id in the URL, with its comma. */
function lengthOf(id: string): number {
  return encodeURIComponent(id).length + 1;
}
