import type { CredentialReader } from '../call/credential.js';
import type { CallRequest } from '../contract/call.js';
import type { Outcome } from '../contract/outcome.js';
import type { Ports } from '../contract/store.js';
import type { AnswerHost, ReadContext } from '../policies/answers/host.js';
import type { Events } from '../runtime/events.js';

/** The parts of a line that answers belong to. */
export interface AnswerParts {
  readonly ports: Ports;
  readonly events: Events;
  read(request: CallRequest, context: ReadContext): Promise<Outcome>;
}

/** Makes the part of a line that bulk reads work with. */
export function createAnswerHost(line: AnswerParts, credentialOf: CredentialReader): AnswerHost {
  const clients = new WeakMap<object, number>();
  let clientCount = 0;
  const nameClient = ({ client = '', owner }: CallRequest): string => {
    if (!owner) return client;
    if (!clients.has(owner)) clients.set(owner, ++clientCount);
    return `${client}${clients.get(owner)}`;
  };
  return {
    clock: line.ports.clock,
    events: line.events,
    read: (request, context) => line.read(request, context),
    ownerOf: (call) => `${nameClient(call.request)} ${credentialOf(call)} ${call.tenant ?? ''}`,
    isGated: () => false,
  };
}
