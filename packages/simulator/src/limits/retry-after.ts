/** The Retry-After of a refusal, as the header it is sent in; empty where the form says that there is none. */
export function buildRetryAfterHeader(waitMs: number, form: string, wallMs: number): Record<string, string> {
  const value = formatRetryAfter(waitMs, form, wallMs);
  return value === undefined ? {} : { 'Retry-After': value };
}

/** Retry-After for a wait, in one of the forms; never earlier than the wait. */
export function formatRetryAfter(waitMs: number, form: string, wallMs: number): string | undefined {
  switch (form) {
    case 'seconds':
      return String(toWholeSeconds(waitMs));
    case 'float':
      return (Math.max(1, Math.ceil(waitMs)) / 1000).toFixed(3);
    case 'date':
      return new Date(Math.ceil((wallMs + waitMs) / 1000) * 1000).toUTCString();
    case 'none':
      return undefined;
    default:
      return form;
  }
}

/** A time as whole seconds, never early, at least one. */
export function toWholeSeconds(ms: number): number {
  return Math.max(1, Math.ceil(ms / 1000));
}
