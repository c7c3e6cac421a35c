import { currentContext, defineAdapter, noteInfo, type CallContext, type CallInfo } from '@holdline/core';
import type { VirtualClock } from '@holdline/core/testing';
import { expandTopic } from './topic-names.js';

const DAY_MS = 86_400_000;
const HEARTBEAT_MS = 30_000;
const MAX_CHANNELS = 20;

const guardFake = defineAdapter({ name: 'guardFake', attach: () => () => undefined });

/** A platform with notification channels on a virtual clock, its guarded API client and its WebSocket class. */
export function fakePlatform(clock: VirtualClock) {
  class FakeChannel {
    topics: string[] = [];
    expiresAt = clock.now() + DAY_MS;
    readonly sockets = new Set<FakeSocket>();

    constructor(readonly id: string) {}
  }

  const channels = new Map<string, FakeChannel>();
  const platform = {
    channels,
    /** Requests, as `METHOD path`. */
    requests: [] as string[],
    /** The context of each request. */
    contexts: [] as CallContext[],
    /** URLs of the sockets that were made. */
    opened: [] as string[],
    ended: [] as string[],
    pings: 0,
    /** Whether it answers pings and sends heartbeats. */
    isAlive: true,
    /** Number of sockets that break in the tick in which they open. */
    breakOnOpen: 0,
    /** Status that refuses all requests. */
    refuseWith: undefined as number | undefined,
    /** Topics that answers 200 name as rejected. */
    rejected: new Set<string>(),
    /** Status that refuses the creation of channels. */
    refuseCreationWith: undefined as number | undefined,
    /** Whether requests and handshakes get no answer. */
    isDead: false,
    /** Announces the close of all sockets, and closes the remaining ones after a minute. */
    announceClosing() {
      const sockets = platform.sockets();
      for (const socket of sockets)
        socket.emitMessage({ topicName: 'v2.system.socket_closing', eventBody: { message: 'soon' } });
      clock.setTimer(60_000, () => {
        for (const socket of sockets) socket.end(1001);
      });
    },
    end(id: string, reason: string) {
      const channel = channels.get(id);
      channels.delete(id);
      platform.ended.push(reason);
      for (const socket of [...(channel?.sockets ?? [])]) socket.end(1001, `channel ${reason}`);
    },
    publish(topic: string, eventBody: unknown) {
      for (const { topics, sockets } of channels.values())
        if (topics.flatMap(expandTopic).includes(topic))
          for (const socket of sockets) socket.emitMessage({ topicName: topic, eventBody });
    },
    sockets: () => [...channels.values()].flatMap(({ sockets }) => [...sockets]),
    client: guardFake({
      async callApi(path: string, method: string, { channelId = '' }: { channelId?: string }, ...rest: unknown[]) {
        platform.requests.push(`${method} ${path}`);
        platform.contexts.push(currentContext());
        await Promise.resolve();
        expireAll();
        if (platform.isDead) return new Promise(() => undefined);
        if (platform.refuseWith !== undefined) throw refusal(platform.refuseWith);
        if (method === 'POST') {
          if (platform.refuseCreationWith !== undefined) throw refusal(platform.refuseCreationWith);
          return makeChannel();
        }
        const channel = channels.get(channelId);
        if (!channel) throw refusal(404);
        const topics = ((rest[3] as { id: string }[] | null) ?? []).map(({ id }) => id);
        if (topics.length > 1_000 || topics.some((topic) => topic.includes('wrong'))) throw refusal(400);
        channel.topics = method === 'DELETE' ? [] : topics.filter((topic) => !platform.rejected.has(topic));
        channel.expiresAt = clock.now() + DAY_MS;
        return {
          entities: topics.map((id) =>
            platform.rejected.has(id)
              ? { id, state: 'Rejected', rejectionReason: 'missing permissions' }
              : { id, state: 'Permitted' },
          ),
        };
      },
    }),
    WebSocket: undefined as unknown as typeof FakeSocket,
  };

  let channelCount = 0;
  function makeChannel(): { id: string; connectUri: string } {
    const id = `c${++channelCount}`;
    channels.set(id, new FakeChannel(id));
    if (channels.size > MAX_CHANNELS) platform.end(channels.keys().next().value as string, 'evicted');
    return { id, connectUri: `wss://streaming.example.com/channels/${id}` };
  }

  function expireAll(): void {
    for (const { id, expiresAt } of channels.values()) if (clock.now() >= expiresAt) platform.end(id, 'expired');
  }

  function refusal(status: number): object {
    const error = { status };
    noteInfo(error, { status } as CallInfo);
    return error;
  }

  class FakeSocket extends EventTarget {
    readyState = 0;
    bufferedAmount = 0;
    protocol = '';
    extensions = '';
    binaryType = 'blob';
    /** Whether it is half-open: nothing arrives. */
    isMuted = false;
    #channel: FakeChannel | undefined;
    #stopTimer: () => void = () => undefined;

    constructor(readonly url: string) {
      super();
      platform.opened.push(url);
      this.#stopTimer = clock.setTimer(10, () => {
        if (this.readyState !== 0 || platform.isDead) return;
        expireAll();
        this.#channel = channels.get(url.split('/').at(-1) as string);
        if (!this.#channel) return this.end(1006);
        this.readyState = 1;
        this.#channel.sockets.add(this);
        this.dispatchEvent(new Event('open'));
        if (platform.breakOnOpen-- > 0) this.end(1006);
        else this.#startHeartbeat();
      });
    }

    #startHeartbeat(): void {
      this.#stopTimer = clock.setTimer(HEARTBEAT_MS, () => {
        expireAll();
        if (this.readyState !== 1) return;
        if (platform.isAlive)
          this.emitMessage({ topicName: 'channel.metadata', eventBody: { message: 'WebSocket Heartbeat' } });
        this.#startHeartbeat();
      });
    }

    send(data: string): void {
      platform.pings++;
      const { message } = JSON.parse(data) as { message: string };
      if (platform.isAlive && message === 'ping')
        this.emitMessage({ topicName: 'channel.metadata', eventBody: { message: 'pong' } });
    }

    emitMessage(message: object): void {
      if (this.isMuted) return;
      this.dispatchEvent(new MessageEvent('message', { data: JSON.stringify(message) }));
    }

    close(code = 1005): void {
      this.end(this.readyState === 0 ? 1006 : code);
    }

    end(code: number, reason = ''): void {
      if (this.readyState === 3) return;
      const isEarly = this.readyState === 0;
      this.readyState = 3;
      this.#stopTimer();
      this.#channel?.sockets.delete(this);
      if (isEarly) this.dispatchEvent(new Event('error'));
      this.dispatchEvent(Object.assign(new Event('close'), { code, reason, wasClean: !isEarly }));
    }
  }
  platform.WebSocket = FakeSocket;
  return platform;
}
