// Builds the page, starts the simulators, and says where to look. Ctrl-C ends it.
import { serve } from './serve.mjs';

const { url } = await serve();
console.log(`An agent desk on NICE CXone, bare and guarded side by side: ${url}`);
