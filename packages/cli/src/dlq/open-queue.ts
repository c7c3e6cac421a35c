import type { DeadLetterQueue, ListedLetter } from '@holdline/core';
import { type LoadedConfig, loadConfig } from '../config/load-config.js';
import { CommandError, usageError } from '../terminal/errors.js';
import type { Terminal } from '../terminal/terminal.js';

/** Letters that one request to the store reads. */
const PAGE = 200;

/**
 * Opens the dead letters of a configuration for `work`, and closes them afterwards.
 *
 * @throws CommandError if there is no configuration, or its store keeps no dead letters.
 */
export async function withQueue<T>(
  config: string | undefined,
  terminal: Terminal,
  work: (queue: DeadLetterQueue, loaded: LoadedConfig) => Promise<T>,
): Promise<T> {
  const loaded = await loadConfig(config, terminal.cwd);
  try {
    if (loaded.path === undefined)
      throw usageError('There is no holdline.config.*: name a configuration with its store, --config FILE.');
    if (!loaded.line.deadLetters.isOn)
      throw usageError(
        `The line of ${loaded.path} keeps no dead letters: its configuration needs a store with dead letters, such as fileStore() or redisStore().`,
      );
    return await work(loaded.line.deadLetters, loaded);
  } finally {
    await loaded.close();
  }
}

/** Every letter of a queue, oldest first. */
export async function* allLetters(queue: DeadLetterQueue): AsyncGenerator<ListedLetter> {
  for (let after: string | undefined = ''; after !== undefined;) {
    const page = await queue.list({ after, limit: PAGE });
    yield* page.letters;
    after = page.next;
  }
}

/**
 * Finds a letter by its identifier, or by the beginning of one.
 *
 * @throws CommandError if no letter or several have it.
 */
export async function findLetter(queue: DeadLetterQueue, id: string): Promise<ListedLetter> {
  const found: ListedLetter[] = [];
  for await (const letter of allLetters(queue)) {
    if (letter.id === id) return letter;
    if (letter.id.startsWith(id) && found.length < 2) found.push(letter);
  }
  const [only, other] = found;
  if (other) throw usageError(`Several letters begin with ${id}.`);
  if (!only) throw new CommandError(`There is no dead letter ${id}.`);
  return only;
}
