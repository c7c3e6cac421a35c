import { getUint32 } from './frames.js';

/**
 * One operation in a frame: its kind (1 byte), the number of its table (2), the lengths of key (2) and value (4), then both. Numbers are
 * little-endian. The value of `SET` and `APPEND` is JSON.
 */
export const OPERATION_HEAD = 9;

/** Largest length of a key in bytes. */
export const MAX_KEY_BYTES = 0xffff;

export const Operation = {
  /** Writes a row. A known row keeps its place in the order of the table. */
  SET: 1,
  /** Writes a row, and moves it to the end of the table. */
  APPEND: 2,
  DELETE: 3,
  /** Gives a number to the table that the key names, for the rest of the file. */
  TABLE: 4,
  /** Ends a snapshot. */
  END: 5,
} as const;

/** The kind of an operation. */
export type OperationKind = (typeof Operation)[keyof typeof Operation];

export function keyLengthAt(bytes: Buffer, offset: number): number {
  return (bytes[offset + 3] as number) | ((bytes[offset + 4] as number) << 8);
}

export function valueLengthAt(bytes: Buffer, offset: number): number {
  return getUint32(bytes, offset + 5);
}

/** Number of bytes of the operation at `offset`. */
export function operationLength(bytes: Buffer, offset: number): number {
  return OPERATION_HEAD + keyLengthAt(bytes, offset) + valueLengthAt(bytes, offset);
}

/** Writes the head of an operation. */
export function writeOperationHead(
  bytes: Buffer,
  offset: number,
  kind: OperationKind,
  table: number,
  keyLength: number,
  valueLength: number,
): void {
  bytes[offset] = kind;
  bytes.writeUInt16LE(table, offset + 1);
  bytes.writeUInt16LE(keyLength, offset + 3);
  bytes.writeUInt32LE(valueLength, offset + 5);
}
