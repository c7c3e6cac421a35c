// Opens the page in headless Chromium, runs the shift and checks the result.
import { checkPage } from '@holdline/example-agent-page/check';
import { startServer } from './serve.mjs';

const { url, stop } = await startServer();
await checkPage(url, { shots: process.env.SHOTS }).finally(stop);
