import { isRecord } from '../../contract/check.js';

/** The sockets of a pool for one origin, or for all origins. */
export interface SocketUsage {
  /** Sockets that a request uses. */
  inUse: number;
  /** Open sockets that wait for a request. */
  free: number;
  /** Requests that wait for a socket. */
  waiting: number;
}

/** The lists of an agent of Node: names of the form `host:port:…` with their sockets or requests. */
type Lists = Record<string, readonly { destroyed?: boolean }[] | undefined>;

/** An agent of Node. */
interface AgentLike {
  readonly maxSockets: number;
  readonly maxTotalSockets?: number;
  readonly sockets: Lists;
  readonly freeSockets: Lists;
  readonly requests: Lists;
}

/** Statistics of a pool or of a single connection of undici. */
interface UndiciStats {
  readonly connected?: number | boolean;
  readonly running?: number;
  readonly size?: number;
  readonly queued?: number;
}

/** The sockets of an agent of Node or of a dispatcher of undici, for one origin or for all (''). Zeros if the pool tells nothing. */
export function readUsage(pool: unknown, origin: string): SocketUsage {
  if (isAgent(pool)) {
    const prefix = origin && agentName(origin);
    const inUse = countIn(pool.sockets, prefix);
    // A request that was aborted in the queue stays there until a socket is free.
    return { inUse, free: countIn(pool.freeSockets, prefix), waiting: countIn(pool.requests, prefix) };
  }
  const stats = isRecord(pool) && isRecord(pool['stats']) ? pool['stats'] : {};
  return Object.entries(stats as Record<string, UndiciStats>)
    .filter(([of]) => origin === '' || of === origin)
    .map(([, { connected = 0, running = 0, size = 0, queued = Math.max(0, size - 1) }]) => {
      return { inUse: size - queued, free: Math.max(0, Number(connected) - running), waiting: queued };
    })
    .reduce(addUsage, { inUse: 0, free: 0, waiting: 0 });
}

/** Adds the sockets of two pools. */
export function addUsage(a: SocketUsage, b: SocketUsage): SocketUsage {
  return { inUse: a.inUse + b.inUse, free: a.free + b.free, waiting: a.waiting + b.waiting };
}

/** The limit of an agent of Node; undefined for other pools. */
export function readLimit(pool: unknown): number | undefined {
  return isAgent(pool) ? Math.min(pool.maxSockets, pool.maxTotalSockets ?? Infinity) : undefined;
}

function isAgent(pool: unknown): pool is AgentLike {
  return isRecord(pool) && typeof pool['maxSockets'] === 'number' && isRecord(pool['requests']);
}

/** The start of the names that an agent of Node gives to an origin. */
function agentName(origin: string): string {
  const { protocol, hostname, port } = new URL(origin);
  return `${hostname.replace(/^\[|\]$/g, '')}:${port || (protocol === 'https:' ? 443 : 80)}:`;
}

function countIn(lists: Lists, prefix: string): number {
  let sum = 0;
  for (const [name, list = []] of Object.entries(lists))
    if (name.startsWith(prefix)) sum += list.filter(({ destroyed }) => destroyed !== true).length;
  return sum;
}
