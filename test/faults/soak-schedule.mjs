// The schedule of the soak: which fault happens when. The same seed and the same length give the same schedule.
import { createHash } from 'node:crypto';
import { seededRandom } from '@holdline/core/testing';

/** Calm before the first phase of faults, so that code is compiled and limits are known. */
const START_MS = 6_000;
const FAULTS_MS = 14_000;
/** Calm after each phase of faults. Within this time, calls must succeed again. */
export const CALM_MS = 8_000;
/** Part of the requests of a phase of faults that meet one. */
const FAULTY = 0.06;

const REQUEST_FAULTS = [
  () => ({ kind: 'reset', executes: false }),
  () => ({ kind: 'reset', executes: true }),
  () => ({ kind: 'stall', after: 'nothing' }),
  () => ({ kind: 'stall', after: 'half' }),
  () => ({ kind: 'truncate' }),
  () => ({ kind: 'drip' }),
  (random) => ({ kind: 'status', status: pick(random, [500, 502, 503, 504]), executes: random.next() < 0.5 }),
  () => ({ kind: 'status', status: 503, executes: false, retryAfter: '0.1' }),
];
/** A 429 that no limit explains is rare. */
const STRAY_429 = 0.003;

/** Names of the faults of the surroundings. */
export const EVENTS = [
  'tokens revoked',
  'platform gone for 1 s',
  'Redis gone for 2 s',
  'a process frozen for 3 s',
  'a process of the fleet killed',
  'the process with the file store killed',
  'a clock jumps by an hour',
  'disk full for 2 s',
];

const whole = (random, from, to) => from + Math.floor(random.next() * (to - from + 1));
const pick = (random, list) => list[whole(random, 0, list.length - 1)];

function shuffle(random, list) {
  const shuffled = [...list];
  for (let i = shuffled.length - 1; i > 0; i--) {
    const j = whole(random, 0, i);
    [shuffled[i], shuffled[j]] = [shuffled[j], shuffled[i]];
  }
  return shuffled;
}

/**
 * Phases of faults, each with its events. Times are ms since the start. Events are dealt like cards, so each kind happens about equally
 * often.
 */
export function makeSchedule(seed, minutes) {
  const random = seededRandom(seed);
  const endsAt = minutes * 60_000;
  const phases = [];
  let deck = [];
  for (let from = START_MS; from + FAULTS_MS + CALM_MS <= endsAt; from += FAULTS_MS + CALM_MS) {
    const to = from + FAULTS_MS;
    const events = [];
    for (let at = from + whole(random, 500, 1_500); at < to - 3_000; at += whole(random, 1_000, 3_500)) {
      if (deck.length === 0) deck = shuffle(random, EVENTS);
      events.push({ at, name: deck.pop(), member: whole(random, 0, 4), jumpMs: pick(random, [-1, 1]) * 3_600_000 });
    }
    phases.push({ from, to, events });
  }
  return { phases, id: createHash('sha256').update(JSON.stringify(phases)).digest('hex').slice(0, 8) };
}

/** Returns the fault of the next request, or undefined. The n-th request meets the same fault in each run with this seed. */
export function requestFaults(seed) {
  const random = seededRandom(seed);
  return () => {
    const drawn = random.next();
    if (drawn < STRAY_429)
      return { kind: 'status', status: 429, executes: false, ...(random.next() < 0.5 && { retryAfter: '1' }) };
    return drawn < FAULTY ? pick(random, REQUEST_FAULTS)(random) : undefined;
  };
}
