import type { Outcome } from '@holdline/core';
import type { FrameData } from '../frames/frame-data.js';
import type { ClosedEarly } from '../handshakes/closed-early.js';
import type { NativeSocket, WebSocketClass } from './native-socket.js';

/** Stands in for the native socket until there is one. */
export interface PlaceholderSocket {
  readonly url: string;
  readonly protocol: string;
  readonly extensions: string;
  readonly bufferedAmount: number;
  binaryType: string;
  /** Called after the socket was closed: counts the data in `bufferedAmount` and sends nothing. */
  send(...args: unknown[]): void;
}

/** Parsed constructor arguments. */
export interface ParsedArguments {
  readonly placeholder: PlaceholderSocket;
  readonly protocols: readonly string[];
}

/** Parsed arguments of `send`. */
export interface SendArguments {
  readonly data: FrameData;
  readonly options?: unknown;
  readonly callback?: ((error?: Error) => void) | undefined;
}

/** The arguments that listeners of a native event receive. */
export type EventArgs = readonly unknown[];

/** Called for each event of a native socket. */
export type EventHandler = (name: string, args: EventArgs) => void;

/** A failed attempt: the events for the caller and the outcome for the governor. */
export interface FailedAttempt {
  readonly error: EventArgs;
  readonly close: EventArgs;
  readonly outcome: Outcome | ClosedEarly;
}

/** Covers the differences between event targets and event emitters. */
export interface SocketDriver {
  /** Ready state during the error event of a failed handshake. */
  readonly readyStateAtError: number;
  /** Whether a close event always follows an error before the socket is open. */
  readonly closesAfterError: boolean;
  /** Parses the constructor arguments. Throws the error of the native constructor; sends nothing. */
  parseArguments(Native: WebSocketClass, args: readonly unknown[]): ParsedArguments;
  /** Returns the constructor arguments that may contain a credential, as headers. */
  readCredentials(args: readonly unknown[], protocols: readonly string[]): readonly (readonly [string, string])[];
  /** Checks arguments of `close` that are used later. Throws the error of the native method. */
  checkCloseArguments(code: unknown, reason: unknown, isOpen: boolean): void;
  /** Parses the arguments of `send`. */
  readSendArguments(args: readonly unknown[]): SendArguments;
  /** Sends a frame. Calls `done` when the frame is on the network, or immediately if the class does not report it. */
  sendFrame(native: NativeSocket, data: FrameData, options: unknown, done: (error?: Error) => void): void;
  /** Implements `send` for a closed socket in the given state. */
  sendOnClosedSocket(placeholder: PlaceholderSocket, args: readonly unknown[], state: number): void;
  /** Creates the error that `send` throws before the socket is open. */
  createNotOpenError(): Error;
  /** Returns the constructor arguments with hooks that receive the guarded socket instead of the native one. */
  bindHooks(args: readonly unknown[], socket: object): readonly unknown[];
  /** Returns the constructor arguments with other subprotocols. */
  replaceProtocols(args: readonly unknown[], protocols: readonly string[]): unknown[];
  /** The `binaryType` with which chunks can be read synchronously. */
  readonly chunkBinaryType: string;
  /** Returns the bytes of a binary message received with that type; undefined if the message cannot be a chunk. */
  readBinaryMessage(args: EventArgs): Uint8Array | undefined;
  /** Creates the arguments of a message event with the `binaryType` of the caller. `args`: the event of the last chunk. */
  createMessageArgs(data: string | Uint8Array, binaryType: string, args: EventArgs): EventArgs;
  /** Forwards all events of a native socket. May omit events without a listener on `socket`. */
  forwardEvents(native: NativeSocket, socket: object, handler: EventHandler): void;
  emit(socket: object, name: string, args: EventArgs): void;
  /** Cancels the handshake of a socket that is not open. */
  abortHandshake(native: NativeSocket): void;
  /** Describes a failed attempt by its last error and its close. Creates the error if there was none. */
  describeFailure(error: EventArgs | undefined, close: EventArgs): FailedAttempt;
  /** Arguments of an error event for an error of Holdline. */
  createErrorArgs(error: Error): EventArgs;
  createCloseArgs(code: number, reason: string): EventArgs;
  readCloseCode(args: EventArgs): number;
}
