import { isEmitterClass } from '../native/emitter.js';
import { STATE_NAMES, type WebSocketClass } from '../native/native-socket.js';
import { Connection } from './connection.js';
import { connections } from './connections.js';
import { commonMembers, emitterMembers, targetMembers } from './guarded-members.js';
import type { SocketDependencies } from './socket-dependencies.js';

/** The base class of the hierarchy: an event target or event emitter, which needs no connection to be constructed. */
function findRootClass(Native: WebSocketClass): WebSocketClass {
  let root = Native;
  for (let parent: unknown = root; parent !== Function.prototype; parent = Object.getPrototypeOf(parent) as unknown)
    root = parent as WebSocketClass;
  return root;
}

/**
 * Creates a class with the contract of the native class. Its instances are also instances of the native class.
 *
 * @param getDependencies - Called at each construction. If it returns undefined, the constructor returns a native socket.
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
  // Inherit the static members of the native class.
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

/** Copies `OPEN` and the other states: some code reads them as own properties of the class. */
function copyConstants(owner: object): PropertyDescriptorMap {
  return selectDescriptors(owner, (name) => STATE_NAMES.includes(name));
}

/** Copies the descriptors of `onopen` and the other handlers. */
function copyHandlers(prototype: object): PropertyDescriptorMap {
  return selectDescriptors(prototype, (name) => name.startsWith('on'));
}

function selectDescriptors(owner: object, isSelected: (name: string) => boolean): PropertyDescriptorMap {
  return Object.fromEntries(
    Object.entries(Object.getOwnPropertyDescriptors(owner)).filter(
      ([name, { get, value }]) => isSelected(name) && (get !== undefined || typeof value === 'number'),
    ),
  );
}

/** Makes members enumerable where the native members are. */
function matchEnumerability(prototype: object, members: object): PropertyDescriptorMap {
  const descriptors: PropertyDescriptorMap = Object.getOwnPropertyDescriptors(members);
  for (const [name, descriptor] of Object.entries(descriptors)) {
    const native = Object.getOwnPropertyDescriptor(prototype, name);
    if (native) descriptor.enumerable = native.enumerable === true;
  }
  return descriptors;
}
