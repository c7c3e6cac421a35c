/** What the codes of a close say about what was not sent, and about coming back. */
export const CLOSE_CODES = {
  /** It goes away, and closes on everybody at once. */
  goingAway: 1001,
  /** The connection broke. Before it was open this may be anything, a 429 too. */
  abnormal: 1006,
  /** It was not content with what this client sent: too much, mostly. */
  policyViolation: 1008,
  /** It restarts, and closes on everybody at once. */
  serviceRestart: 1012,
  /** It is overloaded. */
  tryAgainLater: 1013,
} as const;

const MEANINGS: Readonly<Record<number, string>> = {
  [CLOSE_CODES.goingAway]: 'the peer goes away; on the next session it can be sent again',
  [CLOSE_CODES.abnormal]: 'the connection broke; on the next session it can be sent again',
  [CLOSE_CODES.policyViolation]: 'the peer refused what was sent, mostly too much; send it again more slowly',
  [CLOSE_CODES.serviceRestart]: 'the peer restarts; on the next session it can be sent again',
  [CLOSE_CODES.tryAgainLater]: 'the peer is overloaded; send it again later',
};

/** Why a frame was not sent, from the code its socket was closed with. */
export function describeClose(code: number): string {
  const meaning = MEANINGS[code];
  return `the socket was closed (${code}) before this frame left${meaning ? `: ${meaning}` : ''}`;
}
