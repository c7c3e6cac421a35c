// Builds the page, starts the simulators and prints the URL. Press Ctrl-C to stop.
import { startServer } from './serve.mjs';

const { url } = await startServer();
console.log('Shows: an agent desk on NICE CXone, bare and guarded side by side.');
console.log(`Open ${url} and press "Run a busy shift". Ctrl-C ends the example.`);
