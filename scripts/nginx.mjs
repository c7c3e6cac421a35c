// Finds an NGINX with njs for the tests, and unpacks Debian's where the machine has none. `node scripts/nginx.mjs` prints its command.
import { pathToFileURL } from 'node:url';
import { bringNginx } from '../test/servers/src/nginx-process.mjs';

export { bringNginx };

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  try {
    console.log(bringNginx().command);
  } catch (error) {
    console.error(error.message);
    process.exit(1);
  }
}
