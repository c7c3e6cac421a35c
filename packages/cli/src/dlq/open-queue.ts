import { type DeadLetterQueue, type ListedLetter, type ListedPage, systemClock } from '@holdline/core';
import { type LoadedConfig, loadConfig } from '../config/load-config.js';
import { CommandError, lineOf, usageError } from '../terminal/errors.js';
import type { Terminal } from '../terminal/terminal.js';

/** Letters that one request to the store reads. */
const PAGE = 200;
const MAX_TRIES = 4;
const PAUSE_MS = 1_000;

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

/**
 * Repeats an exchange with the store after a failure. A line does without a slow store at once; a person would rather wait a second.
 *
 * @throws CommandError with the last reason. A wrong configuration is not tried again.
 */
export async function patiently<T>(work: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await work();
    } catch (error) {
      if ((error as { name?: unknown }).name === 'ConfigError') throw error;
      if (tries === MAX_TRIES)
        throw new CommandError(`The store did not answer ${MAX_TRIES} times in a row: ${lineOf(error)}.`);
      await new Promise<void>((done) => systemClock.setTimer(PAUSE_MS, done));
    }
  }
}

/** Every letter of a queue, oldest first. */
export async function* allLetters(queue: DeadLetterQueue): AsyncGenerator<ListedLetter> {
  for (let after: string | undefined = ''; after !== undefined;) {
    const start: string = after;
    const page: ListedPage = await patiently(() => queue.list({ after: start, limit: PAGE }));
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
  // Every letter begins with an empty text, which an unset variable of a shell becomes.
  if (id === '') throw usageError('The identifier of a letter must not be empty.');
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
