/** What the HTTP client needs to know of its SDK client. */
export interface HttpOwner {
  /** Host of the client's API, as in the SDK's configuration. */
  apiHost(): string;
  /** The object that users guard. Dead letters of its requests go back through it. */
  readonly client: object;
  /** The current token of the client. */
  token(): string | undefined;
  /** Whether a token is a current or earlier token of the client. */
  isOwnToken(token: string | undefined): boolean;
  /** Signal that aborts a request when the user disconnects. */
  signalFor(isRetried: boolean): AbortSignal | undefined;
}
