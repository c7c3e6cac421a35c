/** Eight tables of 256 entries, so that each step of the loop handles eight bytes. */
const TABLES = makeTables();

function makeTables(): Int32Array {
  const tables = new Int32Array(8 * 256);
  for (let byte = 0; byte < 256; byte++) {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
    tables[byte] = crc;
  }
  for (let i = 256; i < tables.length; i++) {
    const previous = tables[i - 256] as number;
    tables[i] = (tables[previous & 255] as number) ^ (previous >>> 8);
  }
  return tables;
}

/** CRC-32C (Castagnoli, RFC 3720 appendix B.4) of the bytes from `start` to `end`. */
export function crc32c(bytes: Uint8Array, start: number, end: number): number {
  // The casts of this loop cost nothing at run time: all indexes are in range.
  const t = TABLES as unknown as Record<number, number> & Int32Array;
  const b = bytes as unknown as Record<number, number> & Uint8Array;
  let crc = -1;
  let i = start;
  for (; i + 8 <= end; i += 8) {
    crc ^= b[i]! | (b[i + 1]! << 8) | (b[i + 2]! << 16) | (b[i + 3]! << 24);
    crc =
      t[1_792 + (crc & 255)]! ^
      t[1_536 + ((crc >>> 8) & 255)]! ^
      t[1_280 + ((crc >>> 16) & 255)]! ^
      t[1_024 + (crc >>> 24)]! ^
      t[768 + b[i + 4]!]! ^
      t[512 + b[i + 5]!]! ^
      t[256 + b[i + 6]!]! ^
      t[b[i + 7]!]!;
  }
  for (; i < end; i++) crc = t[(crc ^ b[i]!) & 255]! ^ (crc >>> 8);
  return ~crc >>> 0;
}
