import { onTestFinished } from 'vitest';
import { NginxProcess, type NginxPlace } from './nginx-process.mjs';

/** Starts an NGINX that ends with the test. */
export async function startNginx(make: (place: NginxPlace) => Readonly<Record<string, string>>): Promise<NginxProcess> {
  const server = await NginxProcess.spawn(make);
  onTestFinished(() => server.end());
  return server;
}
