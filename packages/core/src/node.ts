// The entry point for Node: parts of the core that need the file system or sockets.
export {};
