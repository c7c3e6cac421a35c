// For users: a store in files.
export { fileStore, type FileStore } from './node/file-store/file-store.js';
export type { FileStoreOptions } from './node/file-store/options.js';
export type { EncryptionKey } from './node/keys.js';

// For our own packages. These exports may change in any version.
export { Cipher } from './node/cipher.js';
export { checkKeys, deriveKeys } from './node/keys.js';
