import { Inject, Injectable, type OnApplicationShutdown, ServiceUnavailableException } from '@nestjs/common';
import { createHoldline, type Holdline } from '@holdline/core';
import { accessKey, cxone } from '@holdline/cxone';
import { guardFetch } from '@holdline/fetch';

export interface TenantOptions {
  apiUrl: string;
  loginUrl: string;
  /** The access key of a tenant; undefined for an unknown tenant. */
  accessKeyOf(tenant: string): { accessKeyId: string; accessKeySecret: string } | undefined;
  maxTenants?: number;
  idleMs?: number;
}

export const TENANT_OPTIONS = Symbol('tenant options');

interface TenantLine {
  line: Holdline;
  api: typeof fetch;
  usedAt: number;
}

/** One line and one guarded fetch per tenant. */
@Injectable()
export class TenantLines implements OnApplicationShutdown {
  readonly #lines = new Map<string, TenantLine>(); // in the order of their last use
  readonly #options: TenantOptions;
  readonly #idleMs: number;
  readonly #sweep: NodeJS.Timeout;

  constructor(@Inject(TENANT_OPTIONS) options: TenantOptions) {
    this.#options = options;
    this.#idleMs = options.idleMs ?? 600_000;
    this.#sweep = setInterval(() => this.closeIdle(), this.#idleMs / 2).unref();
  }

  /** The guarded fetch of a tenant; undefined for an unknown tenant. */
  apiOf(tenant: string): typeof fetch | undefined {
    const entry = this.#lines.get(tenant) ?? this.#create(tenant);
    if (!entry) return undefined;
    entry.usedAt = Date.now();
    this.#lines.delete(tenant);
    this.#lines.set(tenant, entry);
    return entry.api;
  }

  get size(): number {
    return this.#lines.size;
  }

  closeIdle(now = Date.now()): void {
    for (const [tenant, { line, usedAt }] of this.#lines)
      if (now - usedAt >= this.#idleMs && line.snapshot().calls === 0) void this.#close(tenant);
  }

  /** Nest calls this after it has stopped accepting requests. */
  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.#sweep);
    await Promise.all([...this.#lines.keys()].map((tenant) => this.#close(tenant)));
  }

  #create(tenant: string): TenantLine | undefined {
    const { apiUrl, loginUrl, accessKeyOf, maxTenants = 200 } = this.#options;
    const key = accessKeyOf(tenant);
    if (!key) return undefined;
    if (this.#lines.size >= maxTenants) this.#makeRoom();
    const line = createHoldline(
      cxone({
        retry: 'interactive',
        deadline: { totalTimeoutMs: 10_000, attemptTimeoutMs: 5_000 },
        token: { grant: accessKey({ ...key, loginUrl }), origins: [apiUrl] },
      }),
    );
    return { line, api: guardFetch(fetch, { line, origins: [apiUrl] }), usedAt: 0 };
  }

  #makeRoom(): void {
    const idle = [...this.#lines].find(([, { line }]) => line.snapshot().calls === 0);
    if (!idle) throw new ServiceUnavailableException('All lines are in use.');
    void this.#close(idle[0]);
  }

  async #close(tenant: string): Promise<void> {
    const entry = this.#lines.get(tenant);
    this.#lines.delete(tenant);
    await entry?.line.close();
  }
}
