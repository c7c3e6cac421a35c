import type { Rows } from '../../stores/rows.js';
import type { Cipher } from '../cipher.js';
import type { Log } from './log.js';
import type { Tables } from './tables.js';

/** The rows of a part of the store, in the table of a name. */
export function tableRows(tables: Tables, log: Log, name: string): Rows {
  const table = tables.open(name, (created) => log.define(created));
  return {
    *load() {
      for (const [key, value] of table.rows()) yield [key, JSON.parse(value.toString()) as unknown];
    },
    set: (key, row) => log.set(table, key, JSON.stringify(row)),
    delete: (key) => log.delete(table, key),
  };
}

/** Rows that are encrypted. A row that no key decrypts is left out, and stays on the disk until it is written again. */
export function encryptedRows(rows: Rows, cipher: Cipher, name: string): Rows {
  const nameOf = (key: string): string => `${name}:${key}`;
  return {
    *load() {
      for (const [key, row] of rows.load()) {
        const decrypted = cipher.decrypt(nameOf(key), row as string);
        if (decrypted !== undefined) yield [key, decrypted];
      }
    },
    set: (key, row) => rows.set(key, cipher.encrypt(nameOf(key), row)),
    delete: (key) => rows.delete(key),
  };
}
