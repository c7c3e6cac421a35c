// The entry point for Node: parts of the core that need the file system, sockets or the environment.
export { secretFromEnv } from './node/secret-from-env.js';
