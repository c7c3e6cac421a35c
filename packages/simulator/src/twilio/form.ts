import { type RouteRequest, readFields } from '../platform/request.js';

/** Reads the parameters of a write. Writes are forms; their names become those of the answers: `TaskChannel` is `task_channel`. */
export function readParams(request: RouteRequest): Record<string, string> {
  const isForm = request.headers['content-type']?.includes('x-www-form-urlencoded') === true;
  const entries = isForm ? [...new URLSearchParams(request.text)] : Object.entries(readFields(request));
  return Object.fromEntries(
    entries.map(([name, value]) => [toSnakeCase(name), typeof value === 'string' ? value : JSON.stringify(value)]),
  );
}

function toSnakeCase(name: string): string {
  return name.replaceAll(/(?<=[a-z\d])[A-Z]/g, (letter) => `_${letter}`).toLowerCase();
}
