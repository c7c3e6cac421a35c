// Runs with every test file. Searches for known secrets in everything that leaves the process or reaches the application: output, events,
// snapshots, explanations and states of lines, errors of Holdline, files of stores, and commands to Redis. A find fails its test.
//
// It imports no package of ours, and so sees all copies of core: it waits until a copy defines its classes.
import fs from 'node:fs';
import { Socket } from 'node:net';
import { inspect } from 'node:util';
import { afterAll, afterEach, expect } from 'vitest';
import { findSecret, learnCredentials } from './known-secrets.js';

const finds: string[] = [];
/** Number of errors that one test prints whole. Of all others it reads the message: some tests make 50,000. */
const MAX_PRINTED = 100;

/** Test files that count events, or the work for them. There, only events with a listener are made. */
const COUNTING = ['runtime/events.test.ts', 'governor/load.test.ts'];

let makesAll: boolean | undefined;
/** Whether every event is made, as if every event had a listener. */
function makesAllEvents(): boolean {
  const path = (expect.getState().testPath ?? '').replaceAll('\\', '/');
  return (makesAll ??= !COUNTING.some((file) => path.endsWith(file)));
}

function report(place: string, text: string): void {
  const secret = findSecret(text);
  if (secret === undefined) return;
  const at = Math.max(0, text.indexOf(secret) - 60);
  finds.push(`${place}: …${text.slice(at, at + 160)}…`);
}

/** All printed forms of a value. */
function print(value: unknown): string {
  const printed = inspect(value, { depth: 8, showHidden: true, maxArrayLength: 200, maxStringLength: 10_000 });
  try {
    return `${printed}\n${JSON.stringify(value)}\n${String(value)}`;
  } catch {
    // A value may have no JSON form.
    return printed;
  }
}

/** The texts of a flat event. Printing every event of a long test would take minutes. */
const textsOf = (event: object): string => Object.values(event).join('\n');

// 1. Output.
for (const stream of [process.stdout, process.stderr]) {
  const write = stream.write.bind(stream) as (...args: unknown[]) => boolean;
  stream.write = ((...args: unknown[]) => {
    report('output', String(args[0]));
    return write(...args);
  }) as typeof stream.write;
}
for (const name of ['log', 'info', 'warn', 'error', 'debug', 'trace'] as const) {
  const native = console[name].bind(console);
  console[name] = (...args: unknown[]) => {
    report(`console.${name}`, args.map(print).join('\n'));
    native(...args);
  };
}

// 2. Classes of core, as each copy defines them. Errors carry a brand, and lines define their printed form.
const ERROR_BRAND = Symbol.for('@holdline/error');
const errors: object[] = [];
const defineProperty = Object.defineProperty.bind(Object);
Object.defineProperty = function <T>(target: T, key: PropertyKey, descriptor: PropertyDescriptor): T {
  const result = defineProperty(target, key, descriptor);
  // The constructor has not set all fields yet, so the error is printed when its test ends.
  if (key === ERROR_BRAND) errors.push(target as object);
  else if (key === 'toJSON' && Object.hasOwn(target as object, 'exportState')) watchLines(target as never);
  return result;
};

type Method = (...args: unknown[]) => unknown;
interface Events {
  has(event: string): boolean;
  emit(event: string, payload: object): void;
}

/** Watches all lines of one copy of core. */
function watchLines(prototype: Record<string, Method>): void {
  const wrap = (name: string, before: (line: { events: Events }) => void, after: (result: unknown) => void): void => {
    const native = prototype[name] as Method;
    defineProperty(prototype, name, {
      configurable: true,
      writable: true,
      value(this: { events: Events }, ...args: unknown[]) {
        before(this);
        const result = native.apply(this, args);
        after(result);
        return result;
      },
    });
  };
  const watch = ({ events }: { events: Events }): void => watchEvents(Object.getPrototypeOf(events) as Events);
  const nothing = (): undefined => undefined;
  for (const name of ['snapshot', 'explain', 'exportState'])
    wrap(name, watch, (result) => report(`${name}()`, print(result)));
  for (const name of ['run', 'call', 'on', 'use', 'close', 'onToken', 'reportDefect']) wrap(name, watch, nothing);
}

const watched = new WeakSet();

/** Makes and reads all events. */
function watchEvents(prototype: Events): void {
  if (watched.has(prototype)) return;
  watched.add(prototype);
  const emit = prototype.emit as (this: Events, event: string, payload: object) => void;
  const has = prototype.has as (this: Events, event: string) => boolean;
  prototype.has = function (event) {
    return makesAllEvents() || has.call(this, event);
  };
  prototype.emit = function (event, payload) {
    report(`the event ${event}`, textsOf(payload));
    emit.call(this, event, payload);
  };
}

// 3. Files, by the functions with which stores write them.
for (const name of ['write', 'writeSync', 'writev', 'writeFile', 'writeFileSync', 'appendFile'] as const) {
  const native = fs[name] as unknown as Method;
  (fs as unknown as Record<string, Method>)[name] = (...args: unknown[]) => {
    for (const part of Array.isArray(args[1]) ? args[1] : [args[1]])
      if (typeof args[0] === 'number') report('a file', toText(part));
    return native(...args);
  };
}

// 4. Commands to Redis. They start with the number of their arguments. Other requests may carry the credentials that they need.
const write = Socket.prototype.write as Method;
Socket.prototype.write = function (this: Socket, ...args: unknown[]) {
  const text = toText(args[0]);
  if (/^\*\d+\r\n\$/.test(text)) {
    if (!/^\*\d+\r\n\$\d+\r\n(?:auth|hello)\r\n/i.test(text)) report('a command to Redis', text);
  } else if (text.length < 100_000) learnCredentials(text);
  return write.apply(this, args);
} as Socket['write'];

function toText(data: unknown): string {
  if (typeof data === 'string') return data;
  return data instanceof Uint8Array
    ? Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('latin1')
    : '';
}

/** Returns and forgets all finds. */
function takeFinds(): string[] {
  for (const [i, error] of errors.splice(0).entries()) {
    const { message, stack = '' } = error as Error;
    report('an error', i < MAX_PRINTED ? `${print(error)}\n${stack}` : message);
  }
  return [...new Set(finds.splice(0))];
}
// For the test of this file.
defineProperty(globalThis, Symbol.for('holdline: finds of the secret scan'), { value: takeFinds, configurable: true });

function failWithFinds(): void {
  const found = takeFinds();
  if (found.length > 0) throw new Error(`known secrets in ${found.length} places:\n${found.slice(0, 10).join('\n')}`);
}

// A test may make many errors.
const PRINT_MS = 120_000;
afterEach(failWithFinds, PRINT_MS);
afterAll(failWithFinds, PRINT_MS);
