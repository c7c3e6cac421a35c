/** What goes back over the wire. A string body is sent as it is, any other as JSON, none as no body at all. */
export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** A 200 with a body; without one, what is answered instead. */
export function answerOk(body: unknown, otherwise?: Answer): Answer {
  return body === undefined && otherwise !== undefined ? otherwise : { status: 200, body };
}
