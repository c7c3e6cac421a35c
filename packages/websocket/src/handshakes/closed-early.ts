/**
 * An attempt that was closed before the socket was open, without a reason. Browsers show nothing else, even of a 429.
 * @public
 */
export class ClosedEarly {
  constructor(readonly error: unknown) {}
}
