// Opens the page in headless Chromium, runs the shift and checks the result.
import { checkPage } from '@holdline/example-agent-page/check';
import { startServer } from './serve.mjs';

const { url, stop } = await startServer();
// The SDK keeps its token in localStorage, with and without Holdline.
await checkPage(url, { shots: process.env.SHOTS, entriesOfSdk: ['localStorage auth_token'] }).finally(stop);
