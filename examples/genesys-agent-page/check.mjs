// The page without anybody in front of it: opened, worked through, and held to what it promises.
import { checkPage } from '@holdline/example-agent-page/check';
import { startServer } from './serve.mjs';

const { url, stop } = await startServer();
await checkPage(url, { shots: process.env.SHOTS }).finally(stop);
