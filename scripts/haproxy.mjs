// Finds an HAProxy for the tests, and unpacks Debian's where the machine has none. `node scripts/haproxy.mjs` prints its command.
import { pathToFileURL } from 'node:url';
import { bringHaproxy } from '../test/servers/src/haproxy-process.mjs';

export { bringHaproxy };

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  try {
    console.log(bringHaproxy().command);
  } catch (error) {
    console.error(error.message);
    process.exit(1);
  }
}
