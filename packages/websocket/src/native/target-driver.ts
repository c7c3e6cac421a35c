import { failed, networkFailure } from '@holdline/core';
import { ClosedEarly } from '../handshakes/closed-early.js';
import { readHeaderPairs, readProtocolCredentials } from './handshake-credentials.js';
import { CLOSED } from './native-socket.js';
import type { EventArgs, SocketDriver } from './socket-driver.js';
import { checkCloseArguments, readConstructorArguments, readSendArguments } from './target-arguments.js';
import { copyEvent, createCloseEvent, createErrorEvent } from './target-events.js';
import { TargetPlaceholder } from './target-placeholder.js';

const EVENT_NAMES = ['open', 'message', 'error', 'close'];

/** Driver for event targets such as the browser's class. */
export const targetDriver: SocketDriver = {
  readyStateAtError: CLOSED,
  closesAfterError: false,

  parseArguments(_Native, args) {
    const { url, protocols } = readConstructorArguments(args);
    return { placeholder: new TargetPlaceholder(url), protocols };
  },

  readCredentials: ([, options], protocols) => [...readHeaderPairs(options), ...readProtocolCredentials(protocols)],

  checkCloseArguments,

  sendOnClosedSocket: (placeholder, args) => placeholder.send(...args),

  createNotOpenError: () =>
    new DOMException("Failed to execute 'send' on 'WebSocket': Still in CONNECTING state.", 'InvalidStateError'),

  // Event targets have no hooks.
  bindHooks: (args) => args,

  replaceProtocols([url, argument], protocols) {
    const isOptions = typeof argument === 'object' && argument !== null && !(Symbol.iterator in argument);
    return [url, isOptions ? { ...argument, protocols } : protocols];
  },

  chunkBinaryType: 'arraybuffer',

  readBinaryMessage([event]) {
    const { data } = event as MessageEvent<unknown>;
    return data instanceof ArrayBuffer ? new Uint8Array(data) : undefined;
  },

  createMessageArgs(data, binaryType, [event]) {
    const { origin } = event as MessageEvent;
    const bytes = typeof data === 'string' ? data : new Uint8Array(data).buffer;
    return [
      new MessageEvent('message', {
        data: typeof bytes !== 'string' && binaryType === 'blob' ? new Blob([bytes]) : bytes,
        origin,
      }),
    ];
  },

  forwardEvents(native, _socket, handler) {
    for (const name of EVENT_NAMES)
      (native as unknown as EventTarget).addEventListener(name, (event) => handler(name, [event]));
  },

  emit(socket, _name, [event]) {
    // A native event is already dispatched and cannot be dispatched again.
    const dispatched = (event as Event).eventPhase === 0 ? (event as Event) : copyEvent(event as Event);
    (socket as EventTarget).dispatchEvent(dispatched);
  },

  abortHandshake(native) {
    native.close();
  },

  describeFailure(error, close) {
    const errorEvent = copyEvent((error?.[0] as Event | undefined) ?? new Event('error'));
    const { error: cause } = errorEvent as { error?: unknown };
    const outcome = networkFailure(cause) === 'not-sent' ? failed(errorEvent, 'not-sent') : new ClosedEarly(errorEvent);
    return { error: [errorEvent], close: [copyEvent(close[0] as Event)], outcome };
  },

  createErrorArgs: (error) => [createErrorEvent(error)],

  createCloseArgs: (code, reason) => [createCloseEvent(code, reason)],

  readCloseCode: ([event]: EventArgs) => (event as CloseEvent).code,

  readSendArguments,

  sendFrame(native, data, _options, done) {
    native.send(data);
    done();
  },
};
