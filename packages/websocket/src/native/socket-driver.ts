import type { Outcome } from '@holdline/core';
import type { FrameData } from '../frames/frame-data.js';
import type { ClosedEarly } from '../handshakes/closed-early.js';
import type { NativeSocket, WebSocketClass } from './native-socket.js';

/** What there is of a socket before it has a native one. */
export interface PlaceholderSocket {
  readonly url: string;
  readonly protocol: string;
  readonly extensions: string;
  readonly bufferedAmount: number;
  binaryType: string;
  /** After it was closed: counted in `bufferedAmount`, and never sent. */
  send(...args: unknown[]): void;
}

/** The arguments of a constructor, understood. */
export interface ParsedArguments {
  readonly placeholder: PlaceholderSocket;
  readonly protocols: readonly string[];
}

/** The arguments of `send`. */
export interface SendArguments {
  readonly data: FrameData;
  readonly options?: unknown;
  readonly callback?: ((error?: Error) => void) | undefined;
}

/** An event of a native socket: what its listeners get. */
export type EventArgs = readonly unknown[];

/** Told of each event of a native socket. */
export type EventHandler = (name: string, args: EventArgs) => void;

/** How an attempt failed: what the caller hears of it, and what the governor does. */
export interface FailedAttempt {
  readonly error: EventArgs;
  readonly close: EventArgs;
  readonly outcome: Outcome | ClosedEarly;
}

/** What differs between classes that are event targets and those that are event emitters. */
export interface SocketDriver {
  /** State in which the error of a failed handshake is told. */
  readonly readyStateAtError: number;
  /** Whether a close is sure to follow an error of a socket that is not open. */
  readonly closesAfterError: boolean;
  /** Reads the arguments. Throws what the native constructor would throw; sends nothing. */
  parseArguments(Native: WebSocketClass, args: readonly unknown[]): ParsedArguments;
  /** What of the arguments of the constructor may be a credential, as headers. */
  readCredentials(args: readonly unknown[], protocols: readonly string[]): readonly (readonly [string, string])[];
  /** Looks at arguments of `close` that are used later; throws what the native method would. */
  checkCloseArguments(code: unknown, reason: unknown, isOpen: boolean): void;
  /** The arguments of `send`, understood. */
  readSendArguments(args: readonly unknown[]): SendArguments;
  /** Hands a frame over; `done` is told when it is on the network, or at once where nobody could tell. */
  sendFrame(native: NativeSocket, data: FrameData, options: unknown, done: (error?: Error) => void): void;
  /** What `send` does with a socket that is closed for its user, and in this state. */
  sendOnClosedSocket(placeholder: PlaceholderSocket, args: readonly unknown[], state: number): void;
  /** What `send` throws before the socket is open. */
  createNotOpenError(): Error;
  /** The same arguments of the constructor, whose hooks are told of the socket that the user has. */
  bindHooks(args: readonly unknown[], socket: object): readonly unknown[];
  /** The same arguments of the constructor, with other subprotocols. */
  replaceProtocols(args: readonly unknown[], protocols: readonly string[]): unknown[];
  /** The type of binary messages in which chunks can be looked at at once. */
  readonly chunkBinaryType: string;
  /** What a message holds, read as that type; undefined where it cannot be a chunk. */
  readBinaryMessage(args: EventArgs): Uint8Array | undefined;
  /** A message with other content, of the type the user wants. `args`: the event that completed it. */
  createMessageArgs(data: string | Uint8Array, binaryType: string, args: EventArgs): EventArgs;
  /** Hears all events of a native socket; those nobody listens to at `socket` may be left out. */
  forwardEvents(native: NativeSocket, socket: object, handler: EventHandler): void;
  emit(socket: object, name: string, args: EventArgs): void;
  /** Gives up a socket that is not open. */
  abortHandshake(native: NativeSocket): void;
  /** What happened to an attempt, from the last error and close that were heard, or what there is instead. */
  describeFailure(error: EventArgs | undefined, close: EventArgs): FailedAttempt;
  /** What listeners hear of an error of ours, and of the end of a socket that never had a native one. */
  createErrorArgs(error: Error): EventArgs;
  createCloseArgs(code: number, reason: string): EventArgs;
  readCloseCode(args: EventArgs): number;
}
