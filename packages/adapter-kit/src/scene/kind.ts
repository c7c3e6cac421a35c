import type { Caller, Running } from './caller.js';

/**
 * Describes a result or an error by what its caller can tell apart: class, name, code and status. A guarded client and a client without a
 * guard must end in the same kind.
 */
export async function kindOf({ connection }: Caller, { isRejected, result, error }: Running): Promise<string> {
  if (isRejected) return `error ${describeError(error)}`;
  const { status } = await connection.read(result);
  return `result with status ${status}`;
}

/** Describes an error without its message, which may contain a port or a time. */
export function describeError(error: unknown): string {
  if (typeof error !== 'object' || error === null) return `${typeof error} ${String(error)}`;
  const { name, code, status, statusCode, response, cause } = error as ErrorFacts;
  const facts = {
    name,
    code,
    status: status ?? statusCode ?? response?.status ?? response?.statusCode,
    // Some clients keep the error of the connection as the cause.
    cause: (cause as ErrorFacts | undefined)?.code,
  };
  const text = Object.entries(facts).filter(([, value]) => typeof value === 'string' || typeof value === 'number');
  const { constructor } = error as { constructor?: { name?: string } };
  return [constructor?.name ?? 'object', ...text.map(([key, value]) => `${key} ${String(value)}`)].join(', ');
}

interface ErrorFacts {
  name?: unknown;
  code?: unknown;
  status?: unknown;
  statusCode?: unknown;
  response?: { status?: unknown; statusCode?: unknown };
  cause?: unknown;
}
