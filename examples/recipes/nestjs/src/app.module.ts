import {
  BadGatewayException,
  Body,
  Controller,
  type DynamicModule,
  Get,
  HttpException,
  Inject,
  Module,
  NotFoundException,
  Param,
  Post,
} from '@nestjs/common';
import { APP_FILTER, APP_INTERCEPTOR } from '@nestjs/core';
import { HoldlineErrorFilter } from './holdline-error.filter.js';
import { TenantCallInterceptor } from './tenant-call.interceptor.js';
import { TENANT_OPTIONS, TenantLines, type TenantOptions } from './tenant-lines.service.js';

const CALLBACKS = '/incontactapi/services/v31.0/scheduled-callbacks';

@Controller('tenants/:tenant')
class CallbacksController {
  constructor(
    private readonly tenantLines: TenantLines,
    @Inject(TENANT_OPTIONS) private readonly options: TenantOptions,
  ) {}

  @Get('callbacks/:id')
  async read(@Param('tenant') tenant: string, @Param('id') id: string): Promise<unknown> {
    return this.ask(tenant, `${CALLBACKS}/${encodeURIComponent(id)}`);
  }

  @Post('callbacks')
  async create(@Param('tenant') tenant: string, @Body() callback: object): Promise<unknown> {
    const headers = { 'content-type': 'application/json' };
    return this.ask(tenant, CALLBACKS, { method: 'POST', headers, body: JSON.stringify(callback) });
  }

  @Get('skills')
  async skills(@Param('tenant') tenant: string): Promise<unknown> {
    return this.ask(tenant, '/incontactapi/services/v31.0/skills');
  }

  private async ask(tenant: string, path: string, init?: RequestInit): Promise<unknown> {
    const api = this.tenantLines.apiOf(tenant);
    if (!api) throw new NotFoundException('unknown tenant');
    const response = await api(`${this.options.apiUrl}${path}`, init);
    if (response.ok) return response.json();
    await response.body?.cancel();
    if (response.status === 404 || response.status === 429) throw new HttpException('refused', response.status);
    throw new BadGatewayException();
  }
}

@Module({})
export class AppModule {
  static for(options: TenantOptions): DynamicModule {
    return {
      module: AppModule,
      controllers: [CallbacksController],
      providers: [
        TenantLines,
        { provide: TENANT_OPTIONS, useValue: options },
        { provide: APP_INTERCEPTOR, useClass: TenantCallInterceptor },
        { provide: APP_FILTER, useClass: HoldlineErrorFilter },
      ],
      exports: [TenantLines],
    };
  }
}
