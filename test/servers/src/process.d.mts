import type { ChildProcess } from 'node:child_process';

/** A port of 127.0.0.1 that no program listens on. */
export function freePort(): Promise<number>;

/** Whether a program accepts connections on a port of 127.0.0.1. */
export function accepts(port: number): Promise<boolean>;

/** Ends a process with a signal, and by force if it does not end in time. Settles when the process is gone. */
export function endProcess(child: ChildProcess | undefined, signal?: NodeJS.Signals, forceMs?: number): Promise<void>;
