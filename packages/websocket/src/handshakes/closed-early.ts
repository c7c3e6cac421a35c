/** An attempt that was closed before it was open, with nothing to tell why: all that browsers show, of a 429 too. */
export class ClosedEarly {
  constructor(readonly error: unknown) {}
}
