import { readFileSync, readlinkSync } from 'node:fs';
import { hostname, uptime } from 'node:os';

/** What identifies a process, also after its number was given to another one. Empty fields are unknown on this system. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Start of the process, in ticks since the machine started. */
  readonly start: string;
  /** Identifier of the start of the machine. */
  readonly boot: string;
  /** Namespace in which the number is valid: each container has its own. */
  readonly namespace: string;
  readonly host: string;
}

/** Facts about processes of this machine. Tests replace them. */
export interface Processes {
  readonly own: ProcessIdentity;
  /** Milliseconds since the machine started. */
  readonly machineUptimeMs: () => number;
  /** Start of a running process: '' if the system does not tell. Undefined if no such process runs. */
  readonly startOf: (pid: number) => string | undefined;
}

/** Reads a file or link of Linux; '' on other systems. */
function readProc(read: () => string): string {
  try {
    return read().trim();
  } catch {
    return '';
  }
}

function startOf(pid: number): string | undefined {
  const stat = readProc(() => readFileSync(`/proc/${pid}/stat`, 'utf8'));
  if (stat !== '') {
    // The name of the program comes second, in parentheses, and may have any characters.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    // A process that has ended stays in the list until its parent asks for it.
    return fields[0] === 'Z' || fields[0] === 'X' ? undefined : fields[19];
  }
  try {
    process.kill(pid, 0);
    return '';
  } catch (error) {
    return (error as { code?: string }).code === 'EPERM' ? '' : undefined;
  }
}

/** The processes of this machine. */
export const machineProcesses: Processes = {
  own: {
    pid: process.pid,
    start: startOf(process.pid) ?? '',
    boot: readProc(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8')),
    namespace: readProc(() => readlinkSync('/proc/self/ns/pid')),
    host: hostname(),
  },
  machineUptimeMs: () => uptime() * 1_000,
  startOf,
};

/** Whether the holder of a lock runs: `unknown` if only its heartbeat can tell. */
export function judgeHolder(
  holder: ProcessIdentity,
  touchedAt: number,
  wall: number,
  { own, startOf, machineUptimeMs }: Processes,
): 'runs' | 'ended' | 'unknown' {
  const { host, boot, namespace, pid, start } = holder;
  if (host !== own.host) return 'unknown';
  // Nobody touched the lock since the machine started again.
  if (boot !== own.boot) return touchedAt < wall - machineUptimeMs() ? 'ended' : 'unknown';
  if (namespace !== own.namespace) return 'unknown';
  const found = startOf(pid);
  if (found === undefined) return 'ended';
  if (found === '' || start === '') return 'unknown';
  return found === start ? 'runs' : 'ended';
}
