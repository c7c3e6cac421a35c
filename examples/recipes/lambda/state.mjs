// The state that a cold start begins with: learned limits and open circuits. This file keeps it in a file. A real function uses
// a place that all execution environments can read, such as a parameter store or a table.
import { readFile, rename, writeFile } from 'node:fs/promises';

const { STATE_FILE } = process.env;

export async function readState() {
  try {
    return JSON.parse(await readFile(STATE_FILE, 'utf8'));
  } catch {
    return undefined; // the first start, or a file that cannot be read: the line learns again
  }
}

export async function writeState(state) {
  const part = `${STATE_FILE}.${process.pid}`;
  await writeFile(part, JSON.stringify(state));
  await rename(part, STATE_FILE);
}
