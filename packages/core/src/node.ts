// The entry point for Node: parts of the core that need the file system or sockets.

// Connection pools.
export { pools, type Pools, type SocketPool, type SocketCounts } from './node/pools/pools.js';
export type { PoolsOptions, DispatcherOptions } from './node/pools/options.js';
