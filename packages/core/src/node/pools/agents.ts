import http from 'node:http';
import https from 'node:https';
import type { Socket } from 'node:net';

/** Methods of an agent that Node documents for overriding. The types of Node lack their results. */
interface KeepAliveHooks {
  readonly options: { timeout?: number | undefined };
  keepSocketAlive(socket: Socket): boolean;
  reuseSocket(socket: Socket, request: http.ClientRequest): void;
}

/** Options of Node that its types do not have yet. With NODE_USE_ENV_PROXY, only the global agent has `proxyEnv`. */
interface ProxyOptions {
  readonly proxyEnv?: unknown;
}

/** Makes an agent with a number of sockets per origin. */
export function createAgent(
  protocol: 'http:' | 'https:',
  maxSockets: number,
  keepAliveMs: number,
  create: ((options: http.AgentOptions) => http.Agent) | undefined,
): http.Agent {
  const { globalAgent, Agent } = protocol === 'http:' ? http : https;
  const { proxyEnv } = (globalAgent as { options?: ProxyOptions }).options ?? {};
  const options = { keepAlive: true, maxSockets, maxFreeSockets: maxSockets, ...(proxyEnv ? { proxyEnv } : {}) };
  return limitFreeTime(create ? create(options) : new Agent(options), keepAliveMs);
}

/**
 * Closes free sockets of an agent after `keepAliveMs`, or a second before the time that the server names. Node does so for its option
 * `timeout`, which also covers sockets in use: their requests then emit `timeout`. So the option holds only while a socket is freed.
 */
function limitFreeTime(agent: http.Agent, keepAliveMs: number): http.Agent {
  const hooks = agent as unknown as KeepAliveHooks;
  const { keepSocketAlive, reuseSocket } = hooks;
  hooks.keepSocketAlive = function (socket) {
    const { options } = this;
    const { timeout } = options;
    options.timeout = keepAliveMs;
    try {
      return keepSocketAlive.call(this, socket);
    } finally {
      options.timeout = timeout;
    }
  };
  hooks.reuseSocket = function (socket, request) {
    socket.setTimeout(0);
    reuseSocket.call(this, socket, request);
  };
  return agent;
}

/** Closes all sockets of an agent. Later requests get a socket for themselves, so that none stays open. */
export function destroyAgent(agent: http.Agent): void {
  (agent as { keepAlive?: boolean }).keepAlive = false;
  agent.destroy();
}
