import { mayCarryToken } from '../../call/credential.js';
import type { Call, LetterParts } from '../../contract/call.js';
import type { Undo } from '../../contract/clock.js';
import type {
  DeadLetter,
  DeadLetters,
  LetterLine,
  LetterRequest,
  LetterSender,
  LetterToSend,
} from '../../contract/dead-letters.js';
import { digestParts } from '../../crypto/digest.js';
import { fingerprint } from '../../crypto/fingerprint.js';
import { OwnedSet } from '../../runtime/owned-set.js';
import { findCredentialHeaders } from '../../http/credential-headers.js';

/** Maximum number of tenants that are remembered for one client. */
const MAX_TENANTS = 1_000;

/** A client that can send letters. */
interface Client {
  readonly name: string;
  readonly id: string;
  readonly owner: object | undefined;
  readonly sender: LetterSender;
}

/** The sender of a call, in the form that its letter keeps. */
export interface LetterOrigin {
  readonly credential: string | undefined;
  readonly from: string | undefined;
}

/** A client for a letter, or what the letter waits for. */
export type ClientChoice =
  { readonly sender: LetterSender; readonly owner?: object | undefined } | { readonly waitsFor: string };

/**
 * The clients of a line that can send letters. A letter is sent only by the client of its call, or by a client with the same
 * credential. Clients are held weakly.
 */
export class LetterClients {
  readonly #registered = new OwnedSet<Client>();
  readonly #ids = new WeakMap<object, string>();
  readonly #tenants = new WeakMap<object, Set<string>>();
  readonly #line: LetterLine;
  readonly #salt: string;
  /** Prefix of client ids. Clients of another process have other ids. */
  readonly #process: string;
  #idCount = 0;

  constructor(line: LetterLine, letters: DeadLetters) {
    this.#line = line;
    const { random } = line.ports;
    const part = (): string => Math.floor(random.next() * 2 ** 32).toString(36);
    this.#process = `${part()}${part()}`;
    this.#salt = line.salt ?? makeProcessSalt(letters);
  }

  /** @param owner - The client itself. Left out: the sender is held until undone. */
  add(name: string, sender: LetterSender, owner: object | undefined): Undo {
    const id = owner ? this.#idOf(owner) : this.#newId();
    return this.#registered.add({ name, id, owner, sender }, owner);
  }

  /** Records that a client sent a call of a tenant. */
  recordTenant(owner: object, tenant: string): void {
    let tenants = this.#tenants.get(owner);
    if (!tenants) this.#tenants.set(owner, (tenants = new Set()));
    if (tenants.size < MAX_TENANTS) tenants.add(tenant);
  }

  /** Returns the sender of a failed call. */
  originOf(call: Call, parts: LetterParts): LetterOrigin {
    const { request, tenant } = call;
    const { owner } = request;
    if (owner && tenant !== undefined) this.recordTenant(owner, tenant);
    const credential = this.#credentialOf(
      call,
      findCredentialHeaders(parts.headers, request.headers.get('authorization')),
    );
    if (!owner) return { credential, from: undefined };
    // A credential that only the call has does not identify the client.
    const own = this.#clients(request.client ?? '').filter((client) => client.owner === owner);
    const plain = { kind: 'call', method: call.method, url: parts.url, headers: {}, body: undefined } as const;
    const isOwnCredential = own.some((client) => this.#credentialOfClient(client, plain).credential === credential);
    return { credential, from: isOwnCredential ? this.#idOf(owner) : undefined };
  }

  /** Returns the sender of a lost frame. Its socket is closed, so no client id is kept. */
  originOfFrame(headers: LetterParts['headers']): LetterOrigin {
    return { credential: this.#hashCredential('header', findCredentialHeaders(headers, undefined)), from: undefined };
  }

  /**
   * Chooses the client for a letter.
   *
   * @param chosen - The client that the user's `client` function returned.
   */
  choose(letter: DeadLetter, request: LetterToSend, chosen?: object): ClientChoice {
    const candidates = this.#clients(letter.client).filter(({ sender }) => sender.serves(request.url));
    const origin = urlOrigin(request.url);
    if (candidates.length === 0) return { waitsFor: `a client of '${letter.client}' for ${origin}` };
    if (chosen !== undefined) {
      const client = candidates.find(({ owner }) => owner === chosen);
      return client ?? { waitsFor: `the chosen client, which is not on this line or not for ${origin}` };
    }
    const { credential, tenant, from } = letter;
    const known = candidates.map((client) => ({ client, ...this.#credentialOfClient(client, request) }));
    const own = known.find(({ client }) => client.id === from);
    // After another login the same client acts for another user.
    if (own && !(isPersistent(credential) && isPersistent(own.credential) && own.credential !== credential))
      return own.client;
    const supplied = known.findLast(({ isGiven }) => isGiven);
    if (supplied) return supplied.client;
    // Without a credential, a sender without an owner is used only if it is the only one.
    const isAlone = candidates.length === 1 && candidates[0]?.owner === undefined;
    const same = known.findLast(
      ({ client, credential: other }) =>
        other === credential && (credential !== undefined || isAlone || this.#isOfTenant(client, tenant)),
    );
    if (same) return same.client;
    if (credential === undefined && tenant !== undefined && known.some((other) => other.credential === undefined))
      return { waitsFor: `a client of tenant '${tenant}': no client without a credential has sent for it` };
    const hint = credential?.startsWith('line/') ? '; token.name lets other processes recognise the credential' : '';
    const others = candidates.length === 1 ? 'the client has' : `the ${candidates.length} clients have`;
    return { waitsFor: `a client with the credential of the letter: ${others} another one${hint}` };
  }

  #isOfTenant({ owner }: Client, tenant: string | undefined): boolean {
    return tenant === undefined || (owner !== undefined && (this.#tenants.get(owner)?.has(tenant) ?? false));
  }

  #clients(adapter: string): Client[] {
    return this.#registered.all().filter(({ name }) => name === adapter);
  }

  /** Returns the credential that a client would send a letter with, and whether the letter itself was given a credential. */
  #credentialOfClient({ sender }: Client, letter: LetterToSend): { credential: string | undefined; isGiven: boolean } {
    const facts: LetterRequest = sender.request?.(letter) ?? { headers: Object.entries(letter.headers) };
    const request = { ownOrigin: urlOrigin(letter.url), ...facts, method: letter.method, url: letter.url };
    const authorization = facts.headers.find(([name]) => name.toLowerCase() === 'authorization')?.[1];
    const call = this.#line.call({
      ...request,
      headers: {
        get: (name) => (name.toLowerCase() === 'authorization' ? authorization : undefined),
        set: () => undefined,
      },
      replayable: true,
      send: () => Promise.reject(new Error('the request is never sent')),
    });
    const given = findCredentialHeaders(Object.entries(letter.headers), undefined).length > 0;
    return {
      credential: this.#credentialOf(call, findCredentialHeaders(facts.headers, undefined)),
      isGiven: given && !this.#isSigned(call),
    };
  }

  #isSigned(call: Call): boolean {
    const { token } = this.#line;
    return token !== undefined && mayCarryToken(token, call);
  }

  #credentialOf(call: Call, headers: [string, string][]): string | undefined {
    const { credential } = call.request;
    if (this.#isSigned(call)) {
      // The line writes the Authorization header. All other credential headers are the client's.
      const others = headers.filter(([name]) => name !== 'authorization');
      const name = this.#line.credentialName;
      const beside = this.#hashCredential('header', others) ?? '';
      return name === undefined
        ? `line/${this.#process}${beside}`
        : `${this.#hashCredential('token', [name])}${beside}`;
    }
    return credential === undefined
      ? this.#hashCredential('header', headers)
      : this.#hashCredential('own', [credential]);
  }

  /** Returns a name for a credential. The name is a digest and reveals nothing. */
  #hashCredential(kind: 'header' | 'token' | 'own', parts: readonly unknown[]): string | undefined {
    if (parts.length === 0) return undefined;
    return `${kind}/${digestParts(this.#salt, kind, ...parts).slice(0, 20)}`;
  }

  #idOf(owner: object): string {
    let id = this.#ids.get(owner);
    if (id === undefined) this.#ids.set(owner, (id = this.#newId()));
    return id;
  }

  #newId(): string {
    return `${this.#process}/${++this.#idCount}`;
  }
}

// Without a persistent salt, the names are valid in this process only, for all lines on the store.
const salts = new WeakMap<object, string>();
let saltCount = 0;

function makeProcessSalt(letters: DeadLetters): string {
  let salt = salts.get(letters);
  // The fingerprint differs in every process. A reader of letters therefore cannot test passwords against the names.
  if (salt === undefined) salts.set(letters, (salt = `${fingerprint('')}/${++saltCount}`));
  return salt;
}

/** Whether a name identifies a login, and not a temporary token or header. */
function isPersistent(credential: string | undefined): boolean {
  return credential !== undefined && /^(token|own)\//.test(credential);
}

function urlOrigin(url: string): string {
  return /^[a-z][a-z\d+.-]*:\/\/[^/?#@]*/i.exec(url)?.[0] ?? '';
}
