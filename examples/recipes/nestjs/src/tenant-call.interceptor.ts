import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import type { Request, Response } from 'express';
import { Observable } from 'rxjs';
import { withCall } from '@holdline/core';

/** Every call that a handler makes gets the tenant of its request, and ends when the client leaves. */
@Injectable()
export class TenantCallInterceptor implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const http = context.switchToHttp();
    const { tenant } = http.getRequest<Request<{ tenant: string }>>().params;
    const response = http.getResponse<Response>();
    const gone = new AbortController();
    response.on('close', () => {
      if (!response.writableFinished) gone.abort();
    });
    // The handler runs when Nest subscribes. So the subscription, not `next.handle()`, must happen inside withCall.
    return new Observable((subscriber) =>
      withCall({ tenant, signal: gone.signal }, () => next.handle().subscribe(subscriber)),
    );
  }
}
