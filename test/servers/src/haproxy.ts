import { onTestFinished } from 'vitest';
import { type HaproxyPlace, HaproxyProcess } from './haproxy-process.mjs';

/** Starts an HAProxy that ends with the test. */
export async function startHaproxy(make: (place: HaproxyPlace) => string): Promise<HaproxyProcess> {
  const server = await HaproxyProcess.spawn(make);
  onTestFinished(() => server.end());
  return server;
}
