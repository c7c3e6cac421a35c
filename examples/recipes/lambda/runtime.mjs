// Stands in for the Lambda runtime: calls the handler once per message. It keeps the process alive only until it is disconnected.
import { handler } from './handler.mjs';

process.on('message', async ({ event, remainingMs }) => {
  const endsAt = performance.now() + remainingMs;
  const result = await handler(event, { getRemainingTimeInMillis: () => endsAt - performance.now() });
  process.send(result);
});
process.send('ready');
