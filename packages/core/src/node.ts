// The entry point for Node: parts of the core that need the file system, sockets or the environment.

// For users: secrets.
export { secretFromEnv } from './node/secret-from-env.js';

// For users: a store in files.
export { fileStore, type FileStore } from './node/file-store/file-store.js';
export type { FileStoreOptions } from './node/file-store/options.js';
export type { EncryptionKey } from './node/keys.js';

// For users: connection pools.
export { pools, type Pools, type SocketPool, type SocketCounts } from './node/pools/pools.js';
export type { PoolsOptions, DispatcherOptions } from './node/pools/options.js';

// For our own packages. These exports may change in any version.
export { Cipher } from './node/cipher.js';
export { checkKeys, deriveKeys } from './node/keys.js';
