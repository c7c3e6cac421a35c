import { offsetOf, type Chunks } from './chunks.js';
import { keyLengthAt, OPERATION_HEAD, operationLength, valueLengthAt } from './operations.js';

/** Number of entries of an empty table, a power of two. */
const FIRST_CAPACITY = 64;
/** End of a list of entries, and an empty slot. */
const NONE = -1;

/**
 * The rows of one table, in order. A row is the bytes of the operation that wrote it. The index is an open hash table over these bytes:
 * with a million rows, a `Map` of strings takes five times as long to build, and several times the memory.
 */
export class RowTable {
  readonly #chunks: Chunks;
  /** For each slot of the hash table, its entry. */
  #slots = new Int32Array(2 * FIRST_CAPACITY).fill(NONE);
  /** For each entry: the address of its row, the hash of its key, the commit that wrote it, and its neighbours in the order. */
  #addresses = new Float64Array(FIRST_CAPACITY);
  #hashes = new Int32Array(FIRST_CAPACITY);
  #commits = new Float64Array(FIRST_CAPACITY);
  #next = new Int32Array(FIRST_CAPACITY);
  #previous = new Int32Array(FIRST_CAPACITY);
  #first = NONE;
  #last = NONE;
  /** Unused entries below `#used`, linked by `#next`. */
  #free = NONE;
  #used = 0;
  #size = 0;
  #bytes = 0;
  /** The next entry of the walk that is under way. */
  #cursor = NONE;

  constructor(
    readonly name: string,
    /** Number of the table in the files that the store writes now. */
    readonly number: number,
    chunks: Chunks,
  ) {
    this.#chunks = chunks;
  }

  get size(): number {
    return this.#size;
  }

  /** Bytes of all rows. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Adds the row that is in memory at `address`, or replaces the row of its key. */
  put(address: number, commit: number, isNewest: boolean): void {
    const bytes = this.#chunks.bytesAt(address);
    const start = offsetOf(address) + OPERATION_HEAD;
    const end = start + keyLengthAt(bytes, offsetOf(address));
    const hash = hashOf(bytes, start, end);
    let entry = this.#find(bytes, start, end, hash);
    this.#chunks.hold(address);
    if (entry === NONE) {
      entry = this.#add(hash);
      this.#link(entry);
    } else {
      this.#release(entry);
      if (isNewest && entry !== this.#last) {
        this.#unlink(entry);
        this.#link(entry);
      }
    }
    this.#addresses[entry] = address;
    this.#commits[entry] = commit;
    this.#bytes += operationLength(bytes, offsetOf(address));
  }

  /** The value of a key, and the commit that wrote it; undefined: no row. */
  read(key: Buffer): { value: Buffer; commit: number } | undefined {
    const entry = this.#find(key, 0, key.length, hashOf(key, 0, key.length));
    return entry === NONE ? undefined : { value: this.#valueOf(entry), commit: this.#commits[entry] as number };
  }

  /** Removes the row of the key at `start`. Returns whether there was one. */
  remove(bytes: Buffer, start: number, end: number): boolean {
    const entry = this.#find(bytes, start, end, hashOf(bytes, start, end));
    if (entry === NONE) return false;
    this.#removeEntry(entry);
    return true;
  }

  /** The value of the first row of the order. */
  readFirst(): Buffer | undefined {
    return this.#first === NONE ? undefined : this.#valueOf(this.#first);
  }

  removeFirst(): void {
    if (this.#first !== NONE) this.#removeEntry(this.#first);
  }

  /** All keys and values, in order. Nothing may change meanwhile. */
  *rows(): Generator<[key: string, value: Buffer]> {
    for (let entry = this.#first; entry !== NONE; entry = this.#next[entry] as number) {
      const address = this.#addresses[entry] as number;
      const bytes = this.#chunks.bytesAt(address);
      const start = offsetOf(address) + OPERATION_HEAD;
      const end = start + keyLengthAt(bytes, offsetOf(address));
      yield [bytes.toString('utf8', start, end), this.#valueOf(entry)];
    }
  }

  /** Starts a walk through all rows. Only one walk goes on at a time. */
  startWalk(): void {
    this.#cursor = this.#first;
  }

  /** The address of the next row of the walk; undefined after the last. Rows may change between two steps. */
  nextOfWalk(): number | undefined {
    return this.#cursor === NONE ? undefined : (this.#addresses[this.#cursor] as number);
  }

  /** Moves the current row of the walk to another address with the same bytes, and goes to the next row. */
  moveAndStep(address: number): void {
    const entry = this.#cursor;
    this.#chunks.hold(address);
    this.#chunks.release(this.#addresses[entry] as number);
    this.#addresses[entry] = address;
    this.#cursor = this.#next[entry] as number;
  }

  #valueOf(entry: number): Buffer {
    const address = this.#addresses[entry] as number;
    const bytes = this.#chunks.bytesAt(address);
    const offset = offsetOf(address);
    const start = offset + OPERATION_HEAD + keyLengthAt(bytes, offset);
    return bytes.subarray(start, start + valueLengthAt(bytes, offset));
  }

  /** The entry of a key; `NONE` without a row. */
  #find(bytes: Buffer, start: number, end: number, hash: number): number {
    const mask = this.#slots.length - 1;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const entry = this.#slots[slot] as number;
      if (entry === NONE) return NONE;
      if (this.#hashes[entry] === hash && this.#hasKey(entry, bytes, start, end)) return entry;
    }
  }

  #hasKey(entry: number, key: Buffer, start: number, end: number): boolean {
    const address = this.#addresses[entry] as number;
    const bytes = this.#chunks.bytesAt(address);
    const offset = offsetOf(address);
    if (keyLengthAt(bytes, offset) !== end - start) return false;
    const from = offset + OPERATION_HEAD;
    for (let i = 0; i < end - start; i++) if (bytes[from + i] !== key[start + i]) return false;
    return true;
  }

  #add(hash: number): number {
    let entry = this.#free;
    if (entry === NONE) {
      if (this.#used === this.#addresses.length) this.#grow();
      entry = this.#used++;
    } else {
      this.#free = this.#next[entry] as number;
    }
    this.#hashes[entry] = hash;
    this.#place(entry);
    this.#size++;
    return entry;
  }

  #place(entry: number): void {
    const mask = this.#slots.length - 1;
    let slot = (this.#hashes[entry] as number) & mask;
    while (this.#slots[slot] !== NONE) slot = (slot + 1) & mask;
    this.#slots[slot] = entry;
  }

  #removeEntry(entry: number): void {
    this.#clearSlot(entry);
    this.#unlink(entry);
    this.#release(entry);
    this.#next[entry] = this.#free;
    this.#free = entry;
    this.#size--;
  }

  /** Lets go of the bytes of a row. */
  #release(entry: number): void {
    const address = this.#addresses[entry] as number;
    this.#bytes -= operationLength(this.#chunks.bytesAt(address), offsetOf(address));
    this.#chunks.release(address);
  }

  /** Empties the slot of an entry, and moves later entries of its run back, so that each is found from its first slot on. */
  #clearSlot(entry: number): void {
    const mask = this.#slots.length - 1;
    let hole = (this.#hashes[entry] as number) & mask;
    while (this.#slots[hole] !== entry) hole = (hole + 1) & mask;
    for (let slot = (hole + 1) & mask; this.#slots[slot] !== NONE; slot = (slot + 1) & mask) {
      const wanted = (this.#hashes[this.#slots[slot] as number] as number) & mask;
      if (((slot - wanted) & mask) < ((slot - hole) & mask)) continue;
      this.#slots[hole] = this.#slots[slot] as number;
      hole = slot;
    }
    this.#slots[hole] = NONE;
  }

  #link(entry: number): void {
    this.#previous[entry] = this.#last;
    this.#next[entry] = NONE;
    if (this.#last === NONE) this.#first = entry;
    else this.#next[this.#last] = entry;
    this.#last = entry;
  }

  #unlink(entry: number): void {
    const [next, previous] = [this.#next[entry] as number, this.#previous[entry] as number];
    if (this.#cursor === entry) this.#cursor = next;
    if (previous === NONE) this.#first = next;
    else this.#next[previous] = next;
    if (next === NONE) this.#last = previous;
    else this.#previous[next] = previous;
  }

  #grow(): void {
    const capacity = 2 * this.#addresses.length;
    const copy = <T extends Int32Array | Float64Array>(to: T, from: T): T => {
      to.set(from);
      return to;
    };
    this.#addresses = copy(new Float64Array(capacity), this.#addresses);
    this.#hashes = copy(new Int32Array(capacity), this.#hashes);
    this.#commits = copy(new Float64Array(capacity), this.#commits);
    this.#next = copy(new Int32Array(capacity), this.#next);
    this.#previous = copy(new Int32Array(capacity), this.#previous);
    this.#slots = new Int32Array(2 * capacity).fill(NONE);
    for (let entry = 0; entry < this.#used; entry++) this.#place(entry);
  }
}

/** A hash of bytes, four at a time. */
function hashOf(bytes: Buffer, start: number, end: number): number {
  const b = bytes as unknown as Record<number, number>;
  let hash = 0x811c9dc5 | 0;
  let i = start;
  for (; i + 4 <= end; i += 4) {
    hash = Math.imul(hash ^ (b[i]! | (b[i + 1]! << 8) | (b[i + 2]! << 16) | (b[i + 3]! << 24)), 0x01000193);
    hash = (hash << 13) | (hash >>> 19);
  }
  for (; i < end; i++) hash = Math.imul(hash ^ b[i]!, 0x01000193);
  hash ^= hash >>> 15;
  hash = Math.imul(hash, 0x2c1b3c6d);
  return hash ^ (hash >>> 12);
}
