import { defineAdapter, noteInfo, type CallInfo } from '@holdline/core';
import type { VirtualClock } from '@holdline/core/testing';

const DAY_MS = 86_400_000;
const HEARTBEAT_MS = 30_000;
const MOST_CHANNELS = 20;

const guardFake = defineAdapter({ name: 'guardFake', attach: () => () => undefined });

/** A platform with notification channels, on a virtual clock: the API client that talks to it, and its WebSocket class. */
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
    /** Addresses of the sockets made. */
    opened: [] as string[],
    ended: [] as string[],
    pings: 0,
    /** Answers to pings and sends heartbeats. */
    isAlive: true,
    /** So many sockets break in the tick in which they open. */
    brittle: 0,
    /** Refuses requests with this status. */
    refuseWith: undefined as number | undefined,
    /** Leaves requests, and handshakes, without an answer. */
    isDead: false,
    /** Tells that all sockets will be closed, and closes those that are left after a minute. */
    announceClosing() {
      const told = platform.sockets();
      for (const socket of told) socket.tell({ topicName: 'v2.system.socket_closing', eventBody: { message: 'soon' } });
      clock.setTimer(60_000, () => {
        for (const socket of told) socket.end(1001);
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
        if (topics.includes(topic)) for (const socket of sockets) socket.tell({ topicName: topic, eventBody });
    },
    sockets: () => [...channels.values()].flatMap(({ sockets }) => [...sockets]),
    client: guardFake({
      async callApi(path: string, method: string, { channelId = '' }: { channelId?: string }, ...rest: unknown[]) {
        platform.requests.push(`${method} ${path}`);
        await Promise.resolve();
        expireAll();
        if (platform.isDead) return new Promise(() => undefined);
        if (platform.refuseWith !== undefined) throw refusal(platform.refuseWith);
        if (method === 'POST') return make();
        const channel = channels.get(channelId);
        if (!channel) throw refusal(404);
        const topics = ((rest[3] as { id: string }[] | null) ?? []).map(({ id }) => id);
        if (topics.length > 1_000 || topics.some((topic) => topic.startsWith('wrong'))) throw refusal(400);
        channel.topics = method === 'DELETE' ? [] : topics;
        channel.expiresAt = clock.now() + DAY_MS;
        return { entities: [] };
      },
    }),
    WebSocket: undefined as unknown as typeof FakeSocket,
  };

  let made = 0;
  function make(): { id: string; connectUri: string } {
    const id = `c${++made}`;
    channels.set(id, new FakeChannel(id));
    if (channels.size > MOST_CHANNELS) platform.end(channels.keys().next().value as string, 'evicted');
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
    #channel: FakeChannel | undefined;
    #stop: () => void = () => undefined;

    constructor(readonly url: string) {
      super();
      platform.opened.push(url);
      this.#stop = clock.setTimer(10, () => {
        if (this.readyState !== 0 || platform.isDead) return;
        expireAll();
        this.#channel = channels.get(url.split('/').at(-1) as string);
        if (!this.#channel) return this.end(1006);
        this.readyState = 1;
        this.#channel.sockets.add(this);
        this.dispatchEvent(new Event('open'));
        if (platform.brittle-- > 0) this.end(1006);
        else this.#beat();
      });
    }

    #beat(): void {
      this.#stop = clock.setTimer(HEARTBEAT_MS, () => {
        expireAll();
        if (this.readyState !== 1) return;
        if (platform.isAlive)
          this.tell({ topicName: 'channel.metadata', eventBody: { message: 'WebSocket Heartbeat' } });
        this.#beat();
      });
    }

    send(data: string): void {
      platform.pings++;
      const { message } = JSON.parse(data) as { message: string };
      if (platform.isAlive && message === 'ping')
        this.tell({ topicName: 'channel.metadata', eventBody: { message: 'pong' } });
    }

    tell(message: object): void {
      this.dispatchEvent(new MessageEvent('message', { data: JSON.stringify(message) }));
    }

    close(code = 1005): void {
      this.end(this.readyState === 0 ? 1006 : code);
    }

    end(code: number, reason = ''): void {
      if (this.readyState === 3) return;
      const early = this.readyState === 0;
      this.readyState = 3;
      this.#stop();
      this.#channel?.sockets.delete(this);
      if (early) this.dispatchEvent(new Event('error'));
      this.dispatchEvent(Object.assign(new Event('close'), { code, reason, wasClean: !early }));
    }
  }
  platform.WebSocket = FakeSocket;
  return platform;
}
