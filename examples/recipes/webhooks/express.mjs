import express from 'express';
import { expressMount } from '@holdline/inbox';

export function createApp(doors) {
  const app = express();
  // Before express.json(): a signature covers the bytes of the body.
  app.use('/webhooks/open-messaging', expressMount(doors.openMessaging));
  app.use('/webhooks/event-bridge', expressMount(doors.eventBridge));
  app.use('/webhooks/workflow', expressMount(doors.workflow));
  app.use('/webhooks/standard', expressMount(doors.standard));
  app.use(express.json());
  return app;
}
