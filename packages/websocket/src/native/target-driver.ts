import { failed, networkFailure } from '@holdline/core';
import { ClosedEarly } from '../handshakes/closed-early.js';
import type { EventArgs, Flavour } from './flavour.js';
import { headerPairs, protocolCredential } from './handshake-credentials.js';
import { CLOSED } from './native-socket.js';
import { checkCloseArguments, readConstructorArguments, readSendArguments } from './target-arguments.js';
import { copyEvent, createCloseEvent, createErrorEvent } from './target-events.js';
import { TargetTemplate } from './target-placeholder.js';

const NAMES = ['open', 'message', 'error', 'close'];

/** Classes like the browser's, which are event targets. */
export const targetFlavour: Flavour = {
  errorState: CLOSED,
  closesAfterError: false,

  prepare(_Native, args) {
    const { url, protocols } = readConstructorArguments(args);
    return { template: new TargetTemplate(url), protocols };
  },

  credentialsOf: ([, options], protocols) => [...headerPairs(options), ...protocolCredential(protocols)],

  checkClose: checkCloseArguments,

  sendClosed: (template, args) => template.send(...args),

  notOpenYet: () =>
    new DOMException("Failed to execute 'send' on 'WebSocket': Still in CONNECTING state.", 'InvalidStateError'),

  // They have no hooks.
  forSocket: (args) => args,

  withProtocols([url, given], protocols) {
    const isOptions = typeof given === 'object' && given !== null && !(Symbol.iterator in given);
    return [url, isOptions ? { ...given, protocols } : protocols];
  },

  chunkType: 'arraybuffer',

  bytesOf([event]) {
    const { data } = event as MessageEvent<unknown>;
    return data instanceof ArrayBuffer ? new Uint8Array(data) : undefined;
  },

  messageArgs(data, binaryType, [event]) {
    const { origin } = event as MessageEvent;
    const bytes = typeof data === 'string' ? data : new Uint8Array(data).buffer;
    return [
      new MessageEvent('message', {
        data: typeof bytes !== 'string' && binaryType === 'blob' ? new Blob([bytes]) : bytes,
        origin,
      }),
    ];
  },

  hear(native, _socket, ear) {
    for (const name of NAMES) (native as unknown as EventTarget).addEventListener(name, (event) => ear(name, [event]));
  },

  emit(socket, _name, [event]) {
    // A native event is under way already, and only once.
    const own = (event as Event).eventPhase === 0 ? (event as Event) : copyEvent(event as Event);
    (socket as EventTarget).dispatchEvent(own);
  },

  abort(native) {
    native.close();
  },

  failure(error, close) {
    const own = copyEvent((error?.[0] as Event | undefined) ?? new Event('error'));
    const { error: cause } = own as { error?: unknown };
    const end = networkFailure(cause) === 'not-sent' ? failed(own, 'not-sent') : new ClosedEarly(own);
    return { error: [own], close: [copyEvent(close[0] as Event)], end };
  },

  errorArgs: (error) => [createErrorEvent(error)],

  closeArgs: (code, reason) => [createCloseEvent(code, reason)],

  closeCode: ([event]: EventArgs) => (event as CloseEvent).code,

  readSend: readSendArguments,

  send(native, data, _options, done) {
    native.send(data);
    done();
  },
};
