import Fastify from 'fastify';
import { fastifyMount } from '@holdline/inbox';

export function createApp(doors) {
  const app = Fastify();
  app.register(fastifyMount(doors.openMessaging), { prefix: '/webhooks/open-messaging' });
  app.register(fastifyMount(doors.eventBridge), { prefix: '/webhooks/event-bridge' });
  app.register(fastifyMount(doors.workflow), { prefix: '/webhooks/workflow' });
  app.register(fastifyMount(doors.standard), { prefix: '/webhooks/standard' });
  return app;
}
