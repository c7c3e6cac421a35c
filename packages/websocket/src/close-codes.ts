/** Close codes that decide what happens to unsent frames and to the next connection. */
export const CLOSE_CODES = {
  /** The peer shuts down and closes all of its connections. */
  goingAway: 1001,
  /** The connection broke. Before the socket is open, any failure has this code, a 429 included. */
  abnormal: 1006,
  /** The peer refused something that this client sent, usually too much. */
  policyViolation: 1008,
  /** The peer restarts and closes all of its connections. */
  serviceRestart: 1012,
  /** The peer is overloaded. */
  tryAgainLater: 1013,
} as const;

const MEANINGS: Readonly<Record<number, string>> = {
  [CLOSE_CODES.goingAway]: 'the peer shuts down; send the frame again on the next session',
  [CLOSE_CODES.abnormal]: 'the connection broke; send the frame again on the next session',
  [CLOSE_CODES.policyViolation]:
    'the peer refused something that was sent, usually too much; send the frame again more slowly',
  [CLOSE_CODES.serviceRestart]: 'the peer restarts; send the frame again on the next session',
  [CLOSE_CODES.tryAgainLater]: 'the peer is overloaded; send the frame again later',
};

/** Explains why a frame was not sent, from the close code of its socket. */
export function describeClose(code: number): string {
  const meaning = MEANINGS[code];
  return `the frame was not sent: the socket was closed (${code})${meaning ? `: ${meaning}` : ''}`;
}
