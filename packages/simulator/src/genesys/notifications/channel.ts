/** A published event. */
export interface ChannelEvent {
  readonly topic: string;
  readonly body: unknown;
  /** The same on all sockets. */
  readonly correlationId: string;
}

/** A socket that receives the events of a channel: a plain WebSocket or an XMPP stream. */
export interface ChannelSocket {
  deliver(event: ChannelEvent): void;
  /** Tells the client that the channel has ended, and closes the socket. */
  end(reason: string): void;
  /** Tells the client that the socket will be closed soon, so that the client opens another one. */
  announceClosing(): void;
  /** Closes the socket; the channel stays. */
  close(): void;
}

/**
 * Public state of a channel.
 * @public
 */
export interface ChannelState {
  readonly id: string;
  readonly user: string;
  readonly topics: readonly string[];
  /** Number of open sockets. */
  readonly sockets: number;
}

/** A notification channel with its owner, its topics and its sockets. */
export class Channel {
  readonly id: string;
  /** User and client; the limit on channels applies to both together. */
  readonly owner: string;
  readonly user: string;
  readonly isStreaming: boolean;
  readonly sockets = new Set<ChannelSocket>();
  /** Topics as subscribed; a combined topic, `v2.users.me?presence&activity`, is one topic. */
  topics: string[] = [];
  /** Time since the start of the simulator, ms. */
  expiresAt: number;
  timer: NodeJS.Timeout | undefined;
  #events = new Set<string>();

  constructor(id: string, owner: string, user: string, isStreaming: boolean, expiresAt: number) {
    this.id = id;
    this.owner = owner;
    this.user = user;
    this.isStreaming = isStreaming;
    this.expiresAt = expiresAt;
  }

  setTopics(topics: readonly string[]): void {
    this.topics = [...new Set(topics)];
    this.#events = new Set(this.topics.flatMap(expandTopic));
  }

  isSubscribedTo(topic: string): boolean {
    return this.#events.has(topic);
  }
}

/** Expands `v2.users.me?presence&activity` to `v2.users.me.presence` and `v2.users.me.activity`. */
function expandTopic(topic: string): string[] {
  const [prefix = '', rest] = topic.split('?');
  return rest === undefined ? [topic] : rest.split('&').map((last) => `${prefix}.${last}`);
}

/** Builds the frame of an event, which both kinds of socket send. */
export function buildEvent({ topic, body, correlationId }: ChannelEvent): Record<string, unknown> {
  return { topicName: topic, version: '2', eventBody: body, metadata: { CorrelationId: correlationId } };
}
