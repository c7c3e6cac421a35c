import type { Element } from 'ltx';

/** A signed-in stream that can take calls. */
export interface Softphone {
  /** The full address of the stream. */
  readonly jid: string;
  sendStanza(stanza: Element): void;
}

/** The address without its resource. */
export function toBareAddress(jid: string): string {
  return jid.split('/', 1)[0] ?? '';
}
