import type { ActiveCall } from '../../call/call.js';

/** Largest number of remembered invalidations. The oldest is forgotten first, and then counts for all resources. */
const MAX_STAMPS = 10_000;

/** A source of invalidations for the answers of an endpoint: a write, or a topic of notifications. */
export interface InvalidationRule {
  /** Undefined for a topic. `*` for any method. */
  readonly method: string | undefined;
  /** Fixed text, `:name`, `*`, or `**` for the rest. */
  readonly segments: readonly string[];
}

/** An endpoint whose answers are kept. */
export interface AnsweredEndpoint {
  readonly pattern: string;
  readonly segments: readonly string[];
}

/** The rules of one endpoint, with the parameters that each shares with the endpoint. */
export interface EndpointRules {
  readonly endpoint: AnsweredEndpoint;
  readonly rules: readonly (InvalidationRule & { readonly shared: readonly string[] })[];
}

/** The time of a read, counted in invalidations. */
export interface ReadMark {
  /** Number of invalidations before the read began. */
  readonly since: number;
  /** Number of invalidations for which the answer was found valid. */
  checked: number;
}

/**
 * Knows which reads are older than a write to their resource. It counts invalidations instead of comparing times. A read that began before
 * the end of a write may have the old value, so its answer is invalid for all callers that start later.
 */
export class Invalidation {
  /** Number of invalidations. */
  now = 0;
  /** Reads that began before this invalidation are invalid. */
  #floor = 0;
  readonly #stamps = new Map<string, number>();
  readonly #endpoints = new Map<string, EndpointRules>();

  /** Starts a read. */
  mark(): ReadMark {
    return { since: this.now, checked: this.now };
  }

  /** Adds the rules of an endpoint, or replaces them. */
  addEndpoint(endpoint: AnsweredEndpoint, rules: readonly InvalidationRule[]): EndpointRules {
    const named = namesIn(endpoint.segments);
    const added: EndpointRules = {
      endpoint,
      rules: rules.map((rule) => ({ ...rule, shared: namesIn(rule.segments).filter((name) => named.includes(name)) })),
    };
    this.#endpoints.set(endpoint.pattern, added);
    return added;
  }

  /** Drops the rules of an endpoint. */
  removeEndpoint(pattern: string): void {
    this.#endpoints.delete(pattern);
  }

  /**
   * Makes the answers of a path invalid: of the path itself, of all paths below, and of each path above. Origins do not count, because a
   * platform may have several.
   *
   * @param method - Method of the write; undefined for any.
   */
  write(method: string | undefined, given: readonly string[]): void {
    const segments = given.map(plain);
    this.now++;
    let path = '';
    for (const segment of segments) {
      this.#stamp(`above${path}`);
      path += `/${segment}`;
    }
    this.#stamp(path);
    this.#apply(segments, (rule) => rule !== undefined && (method === undefined || rule === '*' || rule === method));
  }

  /** Makes the answers invalid whose endpoint names this topic. */
  report(topic: string): void {
    this.now++;
    this.#apply(topic.split('.').map(plain), (rule) => rule === undefined);
  }

  /** Whether no write to the resource of `call` ended after the read began. */
  isValid(read: ReadMark, call: ActiveCall, rules?: EndpointRules): boolean {
    if (read.checked === this.now) return true;
    if (read.since < this.#floor) return false;
    const segments = call.route.segmentsOf(call.url).map(plain);
    const isOlder = (key: string): boolean => (this.#stamps.get(key) ?? 0) > read.since;
    let path = '';
    if (isOlder(path)) return false;
    for (const segment of segments) if (isOlder((path += `/${segment}`))) return false;
    if (isOlder(`above${path}`)) return false;
    if (rules) {
      const values = bind(rules.endpoint.segments, segments);
      if (rules.rules.some(({ shared }, i) => isOlder(ruleKey(rules, i, shared, values)))) return false;
    }
    read.checked = this.now;
    return true;
  }

  #apply(segments: readonly string[], isMeant: (method: string | undefined) => boolean): void {
    for (const rules of this.#endpoints.values()) {
      for (const [i, rule] of rules.rules.entries()) {
        const values = isMeant(rule.method) ? bind(rule.segments, segments) : undefined;
        if (values) this.#stamp(ruleKey(rules, i, rule.shared, values));
      }
    }
  }

  #stamp(key: string): void {
    this.#stamps.delete(key);
    this.#stamps.set(key, this.now);
    if (this.#stamps.size <= MAX_STAMPS) return;
    const [oldest, at] = this.#stamps.entries().next().value as [string, number];
    this.#stamps.delete(oldest);
    this.#floor = Math.max(this.#floor, at);
  }
}

type Values = Readonly<Record<string, string>> | undefined;

function ruleKey({ endpoint }: EndpointRules, index: number, shared: readonly string[], values: Values): string {
  return `${endpoint.pattern} ${index} ${shared.map((name) => values?.[name] ?? '').join('/')}`;
}

function namesIn(segments: readonly string[]): string[] {
  return segments.filter((segment) => segment.startsWith(':')).map((segment) => segment.slice(1));
}

/** The values of the parameters, if the pattern matches. */
function bind(pattern: readonly string[], segments: readonly string[]): Values {
  const values: Record<string, string> = {};
  for (const [i, part] of pattern.entries()) {
    if (part === '**') return values;
    const segment = segments[i];
    if (segment === undefined) return undefined;
    if (part.startsWith(':')) values[part.slice(1)] = segment;
    else if (part !== '*' && plain(part) !== segment) return undefined;
  }
  return segments.length === pattern.length ? values : undefined;
}

/** One spelling of a segment: escapes and case make no other resource. Two resources that look equal then only lose their answers. */
function plain(segment: string): string {
  const lower = segment.toLowerCase();
  if (!lower.includes('%')) return lower;
  try {
    return decodeURIComponent(lower);
  } catch {
    return lower;
  }
}
