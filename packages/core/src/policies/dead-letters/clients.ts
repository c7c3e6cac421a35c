import type { Call } from '../../call/call.js';
import type { LetterParts } from '../../contract/call.js';
import type { Undo } from '../../contract/clock.js';
import type { DeadLetter, LetterRequest, LetterSender, LetterToSend } from '../../contract/dead-letters.js';
import type { Store } from '../../contract/store.js';
import { digestOf } from '../../crypto/digest.js';
import { fingerprint } from '../../crypto/fingerprint.js';
import type { Line } from '../../line/line.js';
import { OwnedSet } from '../../runtime/owned-set.js';
import { mayCarry } from '../token/policy.js';
import { credentialHeaders } from './headers.js';

/** Tenants remembered of one client. */
const MOST_TENANTS = 1_000;

/** A client that letters are sent by. */
interface Client {
  readonly name: string;
  readonly id: string;
  readonly owner: object | undefined;
  readonly sender: LetterSender;
}

/** Who a call was made by, as its letter keeps it. */
export interface LetterOrigin {
  readonly credential: string | undefined;
  readonly from: string | undefined;
}

/** A client for a letter, or why there is none. */
export type Choice = { readonly sender: LetterSender } | { readonly waitsFor: string };

/**
 * The clients of a line that letters are sent by. A letter goes by the client that it came from, or by one with the same credential,
 * and by no other. Clients are held weakly.
 */
export class LetterClients {
  readonly #known = new OwnedSet<Client>();
  readonly #ids = new WeakMap<object, string>();
  readonly #tenants = new WeakMap<object, Set<string>>();
  readonly #line: Line;
  readonly #salt: string;
  /** Of this process: a client of another one is another client. */
  readonly #process: string;
  #made = 0;

  constructor(line: Line) {
    this.#line = line;
    const { random, store } = line.ports;
    const part = (): string => Math.floor(random.next() * 2 ** 32).toString(36);
    this.#process = `${part()}${part()}`;
    this.#salt = store.salt ?? saltOf(store);
  }

  /** @param owner The client itself; left out: it is held until undone. */
  add(name: string, sender: LetterSender, owner: object | undefined): Undo {
    const id = owner ? this.#idOf(owner) : this.#newId();
    return this.#known.add({ name, id, owner, sender }, owner);
  }

  /** Something of a tenant was sent by a client. */
  used(owner: object, tenant: string): void {
    let tenants = this.#tenants.get(owner);
    if (!tenants) this.#tenants.set(owner, (tenants = new Set()));
    if (tenants.size < MOST_TENANTS) tenants.add(tenant);
  }

  /** Who made a call that is given up. */
  originOf(call: Call, parts: LetterParts): LetterOrigin {
    const { request, tenant } = call;
    const { owner } = request;
    if (owner && tenant !== undefined) this.used(owner, tenant);
    const credential = this.#credentialOf(call, credentialHeaders(parts.headers, request.headers.get('authorization')));
    if (!owner) return { credential, from: undefined };
    // What the call brought along itself the client has not.
    const own = this.#clients(request.client ?? '').filter((client) => client.owner === owner);
    const plain = { kind: 'call', method: call.method, url: parts.url, headers: {}, body: undefined } as const;
    const isItsOwn = own.some((client) => this.#credentialOfClient(client, plain).credential === credential);
    return { credential, from: isItsOwn ? this.#idOf(owner) : undefined };
  }

  /** Who gave a frame up: its socket will not come again. */
  originOfFrame(headers: LetterParts['headers']): LetterOrigin {
    return { credential: this.#named('header', credentialHeaders(headers, undefined)), from: undefined };
  }

  /**
   * The client for a letter.
   *
   * @param chosen What the user says that it is to go by.
   */
  choose(letter: DeadLetter, whole: LetterToSend, chosen?: object): Choice {
    const there = this.#clients(letter.client).filter(({ sender }) => sender.serves(whole.url));
    const where = originOnly(whole.url);
    if (there.length === 0) return { waitsFor: `a client of '${letter.client}' for ${where}` };
    if (chosen !== undefined) {
      const client = there.find(({ owner }) => owner === chosen);
      return client ?? { waitsFor: `the client that was chosen: it is not on this line, or not for ${where}` };
    }
    const { credential, tenant, from } = letter;
    const known = there.map((client) => ({ client, ...this.#credentialOfClient(client, whole) }));
    const own = known.find(({ client }) => client.id === from);
    // Another login on the same client is somebody else.
    if (own && !(isLasting(credential) && isLasting(own.credential) && own.credential !== credential))
      return own.client;
    const brought = known.findLast(({ isGiven }) => isGiven);
    if (brought) return brought.client;
    // A client that says nothing of its kind is the only one there, or may be any.
    const isAlone = there.length === 1 && there[0]?.owner === undefined;
    const same = known.findLast(
      ({ client, credential: other }) =>
        other === credential && (credential !== undefined || isAlone || this.#isOfTenant(client, tenant)),
    );
    if (same) return same.client;
    if (credential === undefined && tenant !== undefined && known.some((other) => other.credential === undefined))
      return { waitsFor: `a client of tenant '${tenant}': it went without a credential, and so do others` };
    const hint = credential?.startsWith('line/') ? '; with token.name the line would know its credential again' : '';
    const others =
      there.length === 1 ? 'the client there has another one' : `the ${there.length} clients there have others`;
    return { waitsFor: `a client with the credential that it went by: ${others}${hint}` };
  }

  #isOfTenant({ owner }: Client, tenant: string | undefined): boolean {
    return tenant === undefined || (owner !== undefined && (this.#tenants.get(owner)?.has(tenant) ?? false));
  }

  #clients(wanted: string): Client[] {
    return this.#known.all().filter(({ name }) => name === wanted);
  }

  /** By what a client would send a letter now, and whether the letter was given a credential of its own. */
  #credentialOfClient({ sender }: Client, letter: LetterToSend): { credential: string | undefined; isGiven: boolean } {
    const facts: LetterRequest = sender.request?.(letter) ?? { headers: Object.entries(letter.headers) };
    const request = { ownOrigin: originOnly(letter.url), ...facts, method: letter.method, url: letter.url };
    const authorization = facts.headers.find(([name]) => name.toLowerCase() === 'authorization')?.[1];
    const call = this.#line.call({
      ...request,
      headers: {
        get: (name) => (name.toLowerCase() === 'authorization' ? authorization : undefined),
        set: () => undefined,
      },
      replayable: true,
      send: () => Promise.reject(new Error('is only looked at')),
    });
    const given = credentialHeaders(Object.entries(letter.headers), undefined).length > 0;
    return {
      credential: this.#credentialOf(call, credentialHeaders(facts.headers, undefined)),
      isGiven: given && !this.#isSigned(call),
    };
  }

  #isSigned(call: Call): boolean {
    const { token } = this.#line;
    return token !== undefined && mayCarry(token, call);
  }

  #credentialOf(call: Call, headers: [string, string][]): string | undefined {
    const { credential } = call.request;
    if (this.#isSigned(call)) {
      // The line writes this one; what there is beside it is the client's.
      const others = headers.filter(([name]) => name !== 'authorization');
      const name = this.#line.credentialName;
      const beside = this.#named('header', others) ?? '';
      return name === undefined ? `line/${this.#process}${beside}` : `${this.#named('token', [name])}${beside}`;
    }
    return credential === undefined ? this.#named('header', headers) : this.#named('own', [credential]);
  }

  /** A name that gives nothing away. */
  #named(kind: 'header' | 'token' | 'own', parts: readonly unknown[]): string | undefined {
    if (parts.length === 0) return undefined;
    return `${kind}/${digestOf(JSON.stringify([this.#salt, kind, ...parts])).digest.slice(0, 20)}`;
  }

  #idOf(owner: object): string {
    let id = this.#ids.get(owner);
    if (id === undefined) this.#ids.set(owner, (id = this.#newId()));
    return id;
  }

  #newId(): string {
    return `${this.#process}/${++this.#made}`;
  }
}

// Without a salt that lasts, the names are those of this process, for all lines on the store.
const salts = new WeakMap<object, string>();
let known = 0;

function saltOf({ deadLetters, journal }: Store): string {
  const place: object = deadLetters ?? journal;
  let salt = salts.get(place);
  // Different in every process: whoever sees a letter cannot try passwords against its name.
  if (salt === undefined) salts.set(place, (salt = `${fingerprint('')}/${++known}`));
  return salt;
}

/** Whether a name is that of a login, and not of what it was given for a while. */
function isLasting(credential: string | undefined): boolean {
  return credential !== undefined && /^(token|own)\//.test(credential);
}

function originOnly(url: string): string {
  return /^[a-z][a-z\d+.-]*:\/\/[^/?#@]*/i.exec(url)?.[0] ?? '';
}
