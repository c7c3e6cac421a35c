import { ConnectClient, type ConnectClientConfig } from '@aws-sdk/client-connect';
import type { HoldlineConfig } from '@holdline/core';
import { startSimulator, type Simulator, type SimulatorOptions } from '@holdline/simulator';
import { onTestFinished } from 'vitest';

/** A key that the simulator knows. */
export const CREDENTIALS = { accessKeyId: 'AKIASIMULATOR', secretAccessKey: 'simulated' };

/** Starts a simulated Amazon Connect without limits that a test could reach. */
export async function startConnect(options: Omit<SimulatorOptions, 'platform'> = {}): Promise<Simulator> {
  const simulator = await startSimulator({
    platform: 'aws-connect',
    limits: [{ name: 'wide', per: 'org', limit: 1_000_000, windowMs: 60_000, enforcement: 'sliding' }],
    ...options,
  });
  onTestFinished(() => simulator.stop());
  return simulator;
}

/** Makes a client that is not guarded. */
export function connectTo({ url: endpoint }: { url: string }, options: ConnectClientConfig = {}): ConnectClient {
  const client = new ConnectClient({ endpoint, region: 'eu-west-2', credentials: CREDENTIALS, ...options });
  onTestFinished(() => client.destroy());
  return client;
}

/** A configuration whose waits take milliseconds. */
export const FAST: HoldlineConfig = {
  retry: { baseDelayMs: 1, maxDelayMs: 2 },
  governor: { gateJitterMs: 0, defaultRetryAfterMs: 5 },
};

/** Collects the signed headers of every request of a client. */
export function recordHeaders(client: { middlewareStack: object }): Record<string, string>[] {
  const sent: Record<string, string>[] = [];
  const stack = client.middlewareStack as {
    add(middleware: (next: (args: Args) => unknown) => (args: Args) => unknown, options: object): void;
  };
  stack.add(
    (next) => (args) => {
      sent.push({ ...args.request.headers });
      return next(args);
    },
    { step: 'deserialize', priority: 'low', name: 'recorder' },
  );
  return sent;
}

interface Args {
  request: { headers: Record<string, string> };
}
