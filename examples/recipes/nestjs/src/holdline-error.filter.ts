import { type ArgumentsHost, Catch, type ExceptionFilter } from '@nestjs/common';
import type { Response } from 'express';
import { HoldlineError, type HoldlineErrorCode } from '@holdline/core';

const STATUS: Partial<Record<HoldlineErrorCode, number>> = {
  HOLDLINE_THROTTLED: 429,
  HOLDLINE_QUEUE_FULL: 429,
  HOLDLINE_CIRCUIT_OPEN: 503,
  HOLDLINE_TOKEN_REFRESH: 503,
  HOLDLINE_STORE_LOST: 503,
  HOLDLINE_CLOSED: 503,
  HOLDLINE_DEADLINE: 504,
  HOLDLINE_ATTEMPT_TIMEOUT: 504,
  HOLDLINE_OUTCOME_UNKNOWN: 504,
};

@Catch(HoldlineError)
export class HoldlineErrorFilter implements ExceptionFilter<HoldlineError> {
  catch({ code, retryAt }: HoldlineError, host: ArgumentsHost): void {
    const response = host.switchToHttp().getResponse<Response>();
    if (retryAt !== undefined)
      response.set('Retry-After', String(Math.max(1, Math.ceil((retryAt - Date.now()) / 1000))));
    const mayBeExecuted = code === 'HOLDLINE_OUTCOME_UNKNOWN';
    response.status(STATUS[code] ?? 500).json({ code, mayBeExecuted });
  }
}
