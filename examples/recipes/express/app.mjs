// A service for several tenants. Each request of a tenant uses the client of that tenant.
import express from 'express';
import { withCall } from '@holdline/core';
import { answerFailure } from './errors.mjs';

export function createApp(tenantLines) {
  const app = express();
  app.use(express.json());

  app.use('/tenants/:tenant', (request, response, next) => {
    const { tenant } = request.params;
    const client = tenantLines.clientOf(tenant);
    if (!client) return response.status(404).json({ code: 'UNKNOWN_TENANT' });
    response.locals.client = client;
    // The browser that leaves ends the call: in the queue, in a retry delay or on the wire.
    const gone = new AbortController();
    response.on('close', () => {
      if (!response.writableFinished) gone.abort();
    });
    // Every call that the routes below make has this tenant and this signal.
    withCall({ tenant, signal: gone.signal }, next);
  });

  app.get('/tenants/:tenant/users/:id', async (request, response) => {
    const { data } = await response.locals.client.get(`/api/v2/users/${encodeURIComponent(request.params.id)}`);
    response.json(data);
  });

  app.get('/tenants/:tenant/whoami', async (request, response) => {
    const { data } = await response.locals.client.get('/api/v2/tokens/me');
    response.json({ client: data.OAuthClient.id });
  });

  app.post('/tenants/:tenant/contacts', async (request, response) => {
    const { data } = await response.locals.client.post('/api/v2/externalcontacts/contacts', request.body);
    response.status(201).json(data);
  });

  app.use(answerFailure);
  return app;
}
