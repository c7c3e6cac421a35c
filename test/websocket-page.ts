import { guardWebSocket } from '@holdline/websocket';
import { openMany, WEBSOCKET_CASES } from './websocket-cases.js';

export { guardWebSocket, openMany };

/** Runs one case of the table in this page. */
export function run(index: number, url: string): Promise<unknown> {
  return (WEBSOCKET_CASES[index] as (typeof WEBSOCKET_CASES)[number]).run(WebSocket, url);
}
