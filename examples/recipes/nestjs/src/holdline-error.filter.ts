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

/** These end a call also when its request is on the wire. */
const CUT_OFF = new Set<HoldlineErrorCode>(['HOLDLINE_DEADLINE', 'HOLDLINE_CLOSED']);

@Catch(HoldlineError)
export class HoldlineErrorFilter implements ExceptionFilter<HoldlineError> {
  catch({ code, retryAt, attempts }: HoldlineError, host: ArgumentsHost): void {
    const response = host.switchToHttp().getResponse<Response>();
    if (retryAt !== undefined)
      response.set('Retry-After', String(Math.max(1, Math.ceil((retryAt - Date.now()) / 1000))));
    const mayBeExecuted = code === 'HOLDLINE_OUTCOME_UNKNOWN' || (CUT_OFF.has(code) && attempts > 0);
    response.status(STATUS[code] ?? 500).json({ code, mayBeExecuted });
  }
}
