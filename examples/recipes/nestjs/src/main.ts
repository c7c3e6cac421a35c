import 'reflect-metadata';
import type { INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { AppModule } from './app.module.js';
import type { TenantOptions } from './tenant-lines.service.js';

export { TenantLines } from './tenant-lines.service.js';

export async function startService(options: TenantOptions, port: number): Promise<INestApplication> {
  const app = await NestFactory.create(AppModule.for(options), { logger: ['error', 'warn'] });
  app.enableShutdownHooks(); // SIGTERM closes the lines
  await app.listen(port, '127.0.0.1');
  return app;
}
