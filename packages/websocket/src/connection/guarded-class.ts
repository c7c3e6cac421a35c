import { isEmitterClass } from '../native/emitter.js';
import type { WebSocketClass } from '../native/native-socket.js';
import { Connection } from './connection.js';
import { connections } from './connections.js';
import { commonMembers, emitterMembers, targetMembers } from './guarded-members.js';
import type { SocketDependencies } from './socket-dependencies.js';

/** The class at the root: an event target or emitter, which can be made without a connection. */
function findRootClass(Native: WebSocketClass): WebSocketClass {
  let root = Native;
  for (let parent: unknown = root; parent !== Function.prototype; parent = Object.getPrototypeOf(parent) as unknown)
    root = parent as WebSocketClass;
  return root;
}

/**
 * Makes a class with the contract of the native one, whose instances are instances of that too.
 *
 * @param getDependencies Asked at each construction; undefined: a native socket is made.
 */
export function makeGuardedClass<C extends WebSocketClass>(
  Native: C,
  getDependencies: () => SocketDependencies | undefined,
): C {
  const Root = findRootClass(Native);
  const Guarded = function (...args: unknown[]): object {
    if (!new.target) throw new TypeError("Class constructor WebSocket cannot be invoked without 'new'");
    const dependencies = getDependencies();
    if (!dependencies) return Reflect.construct(Native, args) as object;
    const socket = Reflect.construct(Root, [], new.target) as object;
    connections.set(socket, new Connection(socket, args, dependencies));
    return socket;
  };
  Object.defineProperties(Guarded, { name: { value: Native.name }, length: { value: Native.length } });
  // The statics of the native class are its own too.
  Object.setPrototypeOf(Guarded, Native);
  const kindMembers = isEmitterClass(Native) ? emitterMembers : targetMembers;
  const { prototype } = Native as { prototype: object };
  Guarded.prototype = Object.create(prototype, {
    ...copyConstants(prototype),
    ...copyHandlers(prototype),
    ...matchEnumerability(prototype, commonMembers),
    ...matchEnumerability(prototype, kindMembers),
    constructor: { value: Guarded, configurable: true, writable: true },
  }) as object;
  return Object.defineProperties(Guarded, copyConstants(Native)) as unknown as C;
}

/** `OPEN` and its like, which some look for among the own properties of a class. */
function copyConstants(owner: object): PropertyDescriptorMap {
  return selectDescriptors(owner, (name) => STATE_NAMES.includes(name));
}

/** `onopen` and its like. */
function copyHandlers(prototype: object): PropertyDescriptorMap {
  return selectDescriptors(prototype, (name) => name.startsWith('on'));
}

const STATE_NAMES = ['CONNECTING', 'OPEN', 'CLOSING', 'CLOSED'];

function selectDescriptors(owner: object, isSelected: (name: string) => boolean): PropertyDescriptorMap {
  return Object.fromEntries(
    Object.entries(Object.getOwnPropertyDescriptors(owner)).filter(
      ([name, { get, value }]) => isSelected(name) && (get !== undefined || typeof value === 'number'),
    ),
  );
}

/** Members in place of native ones, that are enumerated where those are. */
function matchEnumerability(prototype: object, members: object): PropertyDescriptorMap {
  const descriptors: PropertyDescriptorMap = Object.getOwnPropertyDescriptors(members);
  for (const [name, descriptor] of Object.entries(descriptors)) {
    const native = Object.getOwnPropertyDescriptor(prototype, name);
    if (native) descriptor.enumerable = native.enumerable === true;
  }
  return descriptors;
}
