// Runs one function of a scenario in a separate process. Earlier measurements do not affect its heap, and timers and sockets that a peer
// leaves open end with the process.
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const entry = fileURLToPath(new URL('child-main.mjs', import.meta.url));

/**
 * Calls an exported function of a scenario in a child process and resolves with its result (plain data).
 * After `timeoutMs`, the child is killed.
 */
export function runInChild(scenario, fn, argument, { timeoutMs = 3_600_000 } = {}) {
  return new Promise((resolve, reject) => {
    const child = fork(entry, [scenario, fn, JSON.stringify(argument)], {
      execArgv: [
        '--expose-gc',
        '--max-old-space-size=5000',
        ...process.execArgv.filter((flag) => flag.startsWith('--cpu-prof')),
      ],
    });
    let settled = false;
    const end = (settle, value) => {
      if (settled) return;
      settled = true;
      clearTimeout(timer);
      settle(value);
    };
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      end(reject, new Error(`not done after ${timeoutMs / 1_000} s`));
    }, timeoutMs);
    child.on('message', ({ result, error }) => (error ? end(reject, new Error(error)) : end(resolve, result)));
    child.on('exit', (code, signal) => end(reject, new Error(`the process ended with ${signal ?? code}`)));
    child.on('error', (error) => end(reject, error));
  });
}
