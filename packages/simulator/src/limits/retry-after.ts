/** Builds the Retry-After header of a refusal; empty for the form `none`. */
export function buildRetryAfterHeader(waitMs: number, form: string, wallMs: number): Record<string, string> {
  const value = formatRetryAfter(waitMs, form, wallMs);
  return value === undefined ? {} : { 'Retry-After': value };
}

/** Formats a wait for Retry-After in one of the forms. The result is never shorter than the wait. */
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

/** Converts ms to whole seconds, rounded up, at least 1. */
export function toWholeSeconds(ms: number): number {
  return Math.max(1, Math.ceil(ms / 1000));
}
