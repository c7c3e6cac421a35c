// The real Genesys SDK on the simulator. All three packages are dependencies of the end-to-end tests. They load on use, because every
// scenario imports all scenarios.
import { createRequire } from 'node:module';

const load = createRequire(new URL('../../test/package.json', import.meta.url));

/** Loads the SDK, the adapter and the simulator. */
export function loadGenesys() {
  const sdk = load('purecloud-platform-client-v2');
  return { sdk, ...load('@holdline/genesys'), startSimulator: load('@holdline/simulator').startSimulator };
}

/** Makes a client of the SDK, not guarded, that sends its requests to the simulator. */
export function createClient({ sdk }, simulator) {
  const client = new sdk.ApiClientClass();
  client.config.live_reload_config = false;
  const { hostname: host, port } = new URL(simulator.url);
  client.setGateway({ host, port, protocol: 'http' });
  return client;
}
