/** What a channel is listened to with: a plain WebSocket or an XMPP stream. */
export interface ChannelSocket {
  deliver(topic: string, body: unknown): void;
  /** The channel is no more; the socket closes. */
  end(reason: string): void;
  /** The socket will be closed soon: the client is to open another one. */
  announceClosing(): void;
  /** The socket closes; the channel stays. */
  close(): void;
}

/** A channel as it is shown outside. */
export interface ChannelState {
  readonly id: string;
  readonly user: string;
  readonly topics: readonly string[];
  /** Sockets that listen now. */
  readonly sockets: number;
}

/** A notification channel: whose it is, what it is subscribed to, who listens. */
export class Channel {
  readonly id: string;
  /** User and client; the number of channels is limited for both together. */
  readonly owner: string;
  readonly user: string;
  readonly isStreaming: boolean;
  readonly sockets = new Set<ChannelSocket>();
  /** As subscribed; a combined topic, `v2.users.me?presence&activity`, is one. */
  topics: string[] = [];
  /** Since the start of the simulator, ms. */
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

/** `v2.users.me?presence&activity` stands for `v2.users.me.presence` and `v2.users.me.activity`. */
function expandTopic(topic: string): string[] {
  const [prefix = '', rest] = topic.split('?');
  return rest === undefined ? [topic] : rest.split('&').map((last) => `${prefix}.${last}`);
}

/** An event as every kind of socket carries it. */
export function buildEvent(topic: string, body: unknown): Record<string, unknown> {
  return { topicName: topic, version: '2', eventBody: body, metadata: {} };
}
