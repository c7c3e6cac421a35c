// Builds the page, starts the simulators, and says where to look. Ctrl-C ends it.
import { startServer } from './serve.mjs';

const { url } = await startServer();
console.log(`An agent desk on Genesys Cloud, bare and guarded side by side: ${url}`);
