import { Hono } from 'hono';
import { honoMount } from '@holdline/inbox';

export function createApp(doors) {
  const app = new Hono();
  app.all('/webhooks/open-messaging', honoMount(doors.openMessaging));
  app.all('/webhooks/event-bridge', honoMount(doors.eventBridge));
  app.all('/webhooks/workflow', honoMount(doors.workflow));
  app.all('/webhooks/standard', honoMount(doors.standard));
  return app;
}
