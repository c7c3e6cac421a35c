// The expected outcome of every cell of the fault matrix: (client) × (fault) × (duration) × (kind of call). The tests check each cell
// on both sides of the wire. scripts/faults.mjs writes docs/guides/faults.md from this table.

export const CLIENTS = ['axios', 'genesys', 'cxone', 'inbox'];
export const OPERATIONS = ['read', 'keyed write', 'unkeyed write', 'stream'];
export const DURATIONS = ['once', 'lasting'];

/** The caller gets its answer. */
const answer = (attempts, executions = 0) => ({ caller: 'answer', attempts, executions, letters: 0 });
/** The caller gets an error, and a write may become a dead letter. */
const fails = (caller, attempts, executions = 0, letters = 0) => ({ caller, attempts, executions, letters });
/** The combination has no meaning. */
const none = (reason) => ({ reason });
const all = (cell) => [cell, cell, cell, cell];

const BODY_ONCE = 'body in memory: there is no source that could fail';
const ONE_BUDGET = 'a call has one time budget';
const NO_END = 'happens at one moment, so it cannot last';

/** Every call gets its answer at the first attempt. */
const ANSWERED = [answer(1), answer(1, 1), answer(1, 1), answer(1, 1)];

/** The platform certainly did not execute the request. A stream cannot be sent again. */
function notExecuted(caller) {
  return {
    once: [answer(2), answer(2, 1), answer(2, 1), fails(caller, 1, 0, 1)],
    lasting: [fails(caller, 3), fails(caller, 3, 0, 1), fails(caller, 3, 0, 1), fails(caller, 1, 0, 1)],
  };
}

/** The platform may have executed the request. Only reads and keyed writes are sent again. */
function uncertain(caller, executions = 1) {
  const unknown = fails('OutcomeUnknownError', 1, executions, 1);
  return {
    once: [answer(2), answer(2, 1), unknown, unknown],
    lasting: [fails(caller, 3), fails(caller, 3, executions, 1), unknown, unknown],
  };
}

/** With fetch, a call ends when the head of its answer arrives. The caller reads the body, and nothing is sent again. */
function bodies(caller) {
  const cells = [fails(caller, 1), fails(caller, 1, 1), fails(caller, 1, 1), fails(caller, 1, 1)];
  return { once: cells, lasting: cells };
}

/** Cells by duration, in the order of OPERATIONS. `except` has the cells of single clients. */
const ROWS = [
  {
    name: 'connection refused',
    text: 'Nothing listens at the address of the platform.',
    ...notExecuted('client error'),
  },
  {
    name: 'DNS failure',
    text: 'The name of the platform does not resolve.',
    ...notExecuted('client error'),
  },
  {
    name: 'TLS failure',
    text: 'The client does not trust the certificate of the platform.',
    ...notExecuted('client error'),
  },
  {
    name: 'reset before execution',
    text: 'The connection is reset before the platform executes the request.',
    ...uncertain('client error', 0),
  },
  {
    name: 'reset after execution',
    text: 'The platform executes the request, and the connection is reset before the answer.',
    ...uncertain('client error'),
  },
  {
    name: 'stall before the head',
    text: 'The platform executes the request and sends nothing. `deadline.attemptTimeoutMs` ends the attempt.',
    ...uncertain('AttemptTimeoutError'),
  },
  {
    name: 'stall in the body',
    text: 'The platform sends half of its answer, then nothing more.',
    except: { cxone: bodies('DeadlineError') },
    ...uncertain('AttemptTimeoutError'),
  },
  {
    name: 'end of the time budget',
    text: 'The platform executes the request and sends nothing. `deadline.totalTimeoutMs` ends the call.',
    once: [
      fails('DeadlineError', 1),
      fails('DeadlineError', 1, 1, 1),
      fails('OutcomeUnknownError', 1, 1, 1),
      fails('OutcomeUnknownError', 1, 1, 1),
    ],
    lasting: all(none(ONE_BUDGET)),
  },
  {
    name: 'truncated body',
    text: 'The platform sends half of its answer and closes the connection.',
    except: { cxone: bodies('client error') },
    ...uncertain('client error'),
  },
  {
    name: 'slow drip',
    text: 'The platform sends its answer byte by byte, too slowly for the time limit.',
    except: { cxone: bodies('DeadlineError') },
    ...uncertain('AttemptTimeoutError'),
  },
  {
    name: '500',
    text: 'The platform executes the request, fails afterwards, and answers 500. The line takes this as an answer. A step of a transaction may have been executed.',
    once: [fails('status 500', 1), fails('status 500', 1, 1), fails('status 500', 1, 1), fails('status 500', 1, 1)],
    lasting: [fails('status 500', 1), fails('status 500', 1, 1), fails('status 500', 1, 1), fails('status 500', 1, 1)],
  },
  ...[502, 503, 504].map((status) => ({
    name: `${status}`,
    text: `The platform answers ${status} without Retry-After, and may have executed the request.`,
    ...uncertain(`status ${status}`),
  })),
  ...['429 with Retry-After', '429 without Retry-After'].map((name) => ({
    name,
    text: `The platform refuses the request: ${name}.`,
    ...notExecuted('status 429'),
  })),
  {
    name: '401 storm',
    text: 'The platform refuses the access token of ten calls at once.',
    once: [answer(2), answer(2, 1), answer(2, 1), fails('status 401', 1)],
    lasting: [fails('status 401', 2), fails('status 401', 2), fails('status 401', 2), fails('status 401', 1)],
  },
  ...['clock jumps 1 h forward', 'clock jumps 1 h back'].map((name) => ({
    name,
    text: 'The wall clock jumps while the call waits for the end of Retry-After.',
    once: [answer(2), answer(2, 1), answer(2, 1), fails('status 429', 1, 0, 1)],
    lasting: all(none(NO_END)),
  })),
  {
    name: 'process frozen for 10 minutes',
    text: 'The process is frozen while the request is on the wire, and the answer arrives meanwhile.',
    once: ANSWERED,
    lasting: all(none(NO_END)),
  },
  {
    name: 'Redis gone',
    text: 'The Redis of the store ends: for a moment, or for good. Each process then sends its share of the quota.',
    once: ANSWERED,
    lasting: ANSWERED,
    // An inbox without its store accepts nothing. Its sender keeps the event.
    except: { inbox: { lasting: all(fails('refused by the inbox', 0)) } },
  },
  {
    name: 'disk full',
    text: 'The disk of the file store is full: for a moment, or for good. Each call is a step of a transaction. A write that must not be repeated is not sent while the journal cannot record its start.',
    once: ANSWERED,
    lasting: [
      answer(1),
      answer(1, 1),
      { ...fails('StoreLostError', 0), lost: 1 },
      { ...fails('StoreLostError', 0), lost: 1 },
    ],
    except: { inbox: { lasting: all(fails('refused by the inbox', 0)) } },
  },
  {
    name: 'source stream failing',
    text: 'The source of the request body fails in the middle.',
    once: [none('a read has no body'), none(BODY_ONCE), none(BODY_ONCE), fails('client error', 1)],
    lasting: all(none(NO_END)),
  },
];

/** Faults that end or stop the whole process. They happen once. */
const PROCESS_ROWS = [
  {
    name: 'kill -9 and restart',
    text: 'The process is killed while the platform executes the request. The application starts again with the same file store, and makes the call of its transaction again.',
    once: [answer(2), answer(2, 1), fails('OutcomeUnknownError', 1, 1, 1), fails('OutcomeUnknownError', 1, 1, 1)],
    lasting: all(none(NO_END)),
  },
  {
    name: 'process stopped (SIGSTOP)',
    text: 'The process is stopped for longer than its time limits, and the answer arrives meanwhile.',
    once: ANSWERED,
    lasting: all(none(NO_END)),
  },
];

/**
 * The inbox handles an event a second time after a failure, in the same transaction. A write with an unknown outcome is not sent again.
 * The second handling meets the fault again if the fault lasts.
 */
function handledTwice(first, duration, operation) {
  if ('reason' in first || first.caller === 'answer') return first;
  const { caller, attempts, executions, letters } = first;
  if (caller === 'OutcomeUnknownError') return first;
  if (caller === 'status 500' && ['unkeyed write', 'stream'].includes(operation))
    return fails('OutcomeUnknownError', 1, 1, 1);
  if (duration === 'lasting') return fails(caller, 2 * attempts, executions, letters);
  return caller === 'client error' && operation === 'stream' && letters === 0
    ? fails(caller, 2)
    : answer(attempts + 1, operation === 'read' ? 0 : 1);
}

const toFault = ({ name, text, except = {}, ...cells }) => ({
  name,
  text,
  expected(client, duration, operation) {
    const place = OPERATIONS.indexOf(operation);
    const own = except[client]?.[duration]?.[place];
    return (
      own ?? (client === 'inbox' ? handledTwice(cells[duration][place], duration, operation) : cells[duration][place])
    );
  },
});

export const FAULTS = ROWS.map(toFault);
export const PROCESS_FAULTS = PROCESS_ROWS.map(toFault);

/** Faults of a sender and of the store at the HTTP door of an inbox. */
export const DOOR_FAULTS = [
  {
    name: 'sender aborts the request',
    text: 'The sender resets its connection in the middle of the body.',
    answer: 'none',
    stored: 0,
  },
  {
    name: 'slow drip of the sender',
    text: 'The body does not arrive within `http.bodyTimeoutMs`.',
    answer: '503 with Retry-After',
    stored: 0,
  },
  {
    name: 'truncated body of the sender',
    text: 'The sender ends its connection in the middle of the body.',
    answer: '400',
    stored: 0,
  },
  {
    name: 'garbage headers',
    text: 'A header has control characters. The HTTP server of Node refuses the request.',
    answer: '400',
    stored: 0,
  },
  {
    name: 'wrong signature',
    text: 'The signature header is no signature.',
    answer: '401',
    stored: 0,
  },
  {
    name: 'sender leaves before the answer',
    text: 'The sender resets its connection while the inbox stores the event. It does not learn that its event was stored.',
    answer: 'none',
    stored: 1,
  },
  {
    name: 'Redis gone',
    text: 'The Redis of the inbox ends, and comes back.',
    answer: '503 with Retry-After',
    stored: 0,
  },
  {
    name: 'disk full',
    text: 'The disk of the file store is full, and has space again.',
    answer: '503 with Retry-After',
    stored: 0,
  },
  {
    name: 'clock jumps 1 h forward',
    text: 'The clock of the inbox goes wrong by more than signatures allow, and is set right.',
    answer: '401',
    stored: 0,
  },
];
