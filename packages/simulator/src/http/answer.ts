/** JSON that is text already, so that the body of an answer is not converted twice. */
export class JsonText {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  toJSON(): unknown {
    return JSON.parse(this.text);
  }
}

/** An HTTP answer. A string body is sent unchanged, other values as JSON, and undefined as no body. */
export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** The request was executed before, and this is its answer once more. */
  readonly isReplay?: boolean;
}

/** Builds a 200 with this body; returns `otherwise` when the body is undefined. */
export function answerOk(body: unknown, fallback?: Answer): Answer {
  return body === undefined && fallback !== undefined ? fallback : { status: 200, body };
}
