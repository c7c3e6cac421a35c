// One line and one client per tenant. At most `maxTenants` exist at the same time.
import axios from 'axios';
import { guardAxios } from '@holdline/axios';
import { createHoldline } from '@holdline/core';
import { clientCredentials, genesysCloud } from '@holdline/genesys';

/** Every line is in use, so a further tenant has to wait. */
export class TooManyTenantsError extends Error {
  status = 503;
}

export class TenantLines {
  #lines = new Map(); // in the order of their last use
  #options;
  #sweep;

  /** `credentialsOf(tenant)` returns `{ clientId, clientSecret }`, or undefined for an unknown tenant. */
  constructor({ apiUrl, loginUrl, credentialsOf, maxTenants = 200, idleMs = 600_000, config = {} }) {
    this.#options = { apiUrl, loginUrl, credentialsOf, maxTenants, idleMs, config };
    this.#sweep = setInterval(() => this.closeIdle(), idleMs / 2).unref();
  }

  /** The guarded client of a tenant. Undefined for an unknown tenant. */
  clientOf(tenant) {
    const entry = this.#lines.get(tenant) ?? this.#create(tenant);
    if (!entry) return undefined;
    entry.usedAt = Date.now();
    this.#lines.delete(tenant);
    this.#lines.set(tenant, entry);
    return entry.client;
  }

  #create(tenant) {
    const { apiUrl, loginUrl, credentialsOf, maxTenants, config } = this.#options;
    const credentials = credentialsOf(tenant);
    if (!credentials) return undefined;
    if (this.#lines.size >= maxTenants) this.#makeRoom();
    const line = createHoldline(
      genesysCloud({
        retry: 'interactive',
        deadline: { totalTimeoutMs: 10_000, attemptTimeoutMs: 5_000 },
        token: { grant: clientCredentials({ ...credentials, loginUrl }) },
        ...config,
      }),
    );
    return { line, client: guardAxios(axios.create({ baseURL: apiUrl }), line), usedAt: 0 };
  }

  #makeRoom() {
    const idle = [...this.#lines].find(([, { line }]) => line.snapshot().calls === 0);
    if (!idle) throw new TooManyTenantsError('All lines are in use.');
    this.#close(idle[0]);
  }

  /** Closes the lines that nobody used for `idleMs`. */
  closeIdle(now = Date.now()) {
    for (const [tenant, { line, usedAt }] of this.#lines)
      if (now - usedAt >= this.#options.idleMs && line.snapshot().calls === 0) this.#close(tenant);
  }

  #close(tenant) {
    const { line } = this.#lines.get(tenant);
    this.#lines.delete(tenant);
    return line.close();
  }

  get size() {
    return this.#lines.size;
  }

  async close() {
    clearInterval(this.#sweep);
    await Promise.all([...this.#lines.keys()].map((tenant) => this.#close(tenant)));
  }
}
