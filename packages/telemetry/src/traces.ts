import {
  definePolicy,
  PRIORITIES,
  isHoldlineError,
  type Call,
  type Holdline,
  type HoldlineErrorCode,
  type Next,
  type Outcome,
  type Undo,
} from '@holdline/core';
import {
  context,
  propagation,
  SpanKind,
  SpanStatusCode,
  trace,
  type Attributes,
  type Context,
  type Span,
  type Tracer,
} from '@opentelemetry/api';
import {
  attemptError,
  callError,
  labelOfName,
  methodAttribute,
  serverAttributes,
  templateOf,
  validStatus,
} from './attributes.js';
import type { ResolvedTelemetryOptions } from './options.js';
import { VERSION } from './version.js';

/** An active call with its span. */
interface CallSpan {
  readonly span: Span;
  /** The context in which the span is the active one. Attempts use it, also after a wait in another context. */
  readonly inside: Context;
}

/** What spans need to know while tracing is on. */
interface Tracing {
  readonly tracer: Tracer;
  readonly options: ResolvedTelemetryOptions;
}

/**
 * Makes the spans of one line. A line cannot lose a policy, so its two policies stay when tracing ends, and then do nothing. The next
 * `telemetry()` on the line uses them again.
 */
export class LineTracer {
  #tracing: Tracing | undefined;
  readonly #calls = new Map<number, CallSpan>();

  constructor(line: Holdline) {
    line.use(
      definePolicy({
        name: 'telemetry-call',
        phase: 'observe',
        create: () => (call, next) => this.#call(call, next),
      })(),
    );
    line.use(
      definePolicy({
        name: 'telemetry-attempt',
        phase: 'send',
        create: () => (call, next) => this.#attempt(call, next),
      })(),
    );
  }

  /** Starts to make spans. The returned function ends this. */
  start(line: Holdline, options: ResolvedTelemetryOptions): Undo {
    const provider = options.tracerProvider ?? trace.getTracerProvider();
    this.#tracing = { tracer: provider.getTracer('holdline', VERSION), options };
    const label = (scope: string): string => labelOfName(scope, options.tenants);
    const add = (callId: number, name: string, attributes: Attributes): void => {
      this.#calls.get(callId)?.span.addEvent(name, attributes);
    };
    const undo = [
      line.on('queued', ({ callId, queued, estimatedMs, waitsFor }) =>
        add(callId, 'holdline.queued', {
          'holdline.queue.length': queued,
          'holdline.wait.estimated_ms': estimatedMs,
          ...(waitsFor === undefined ? {} : { 'holdline.scope': label(waitsFor) }),
        }),
      ),
      line.on('permitted', ({ callId, waitedMs }) =>
        add(callId, 'holdline.permitted', { 'holdline.wait.duration_ms': waitedMs }),
      ),
      line.on('retry', ({ callId, reason, afterMs }) =>
        add(callId, 'holdline.retry', { 'holdline.retry.reason': reason, 'holdline.retry.after_ms': afterMs }),
      ),
      line.on('giveUp', ({ callId, reason }) => add(callId, 'holdline.give_up', { 'holdline.give_up.reason': reason })),
      line.on('gateClosed', ({ scope, forMs, by }) => {
        if (by)
          add(by.callId, 'holdline.gate_closed', { 'holdline.scope': label(scope), 'holdline.gate.closed_ms': forMs });
      }),
    ];
    return () => {
      for (const one of undo) one();
      this.#tracing = undefined;
    };
  }

  async #call(call: Call, next: Next): Promise<Outcome> {
    if (!this.#tracing) return next(call);
    const { tracer, options } = this.#tracing;
    const { route, priority, tenant } = call;
    const outside = context.active();
    const attributes: Attributes = {
      'holdline.route': route.name,
      'holdline.priority': PRIORITIES[priority] ?? 'normal',
      ...lineAttribute(options),
      ...(options.tenants && tenant !== undefined ? { 'holdline.tenant': tenant } : {}),
    };
    const span = startSpan(tracer, `holdline ${route.name}`, SpanKind.INTERNAL, attributes, outside);
    if (!span) return next(call);
    const inside = trace.setSpan(outside, span);
    this.#calls.set(call.id, { span, inside });
    let error: string | undefined;
    try {
      const outcome = await context.with(inside, next, undefined, call);
      if (outcome.kind !== 'ok') error = callError({ status: outcome.status, error: codeOf(outcome.value) });
      return outcome;
    } catch (reason) {
      error = callError({ status: undefined, error: codeOf(reason) });
      throw reason;
    } finally {
      this.#calls.delete(call.id);
      const { attempts, waitedMs, queuedMs, refreshed } = call.info;
      endSpan(span, error, {
        'holdline.outcome': error === undefined ? 'ok' : 'failed',
        'holdline.attempts': attempts,
        'holdline.waited_ms': waitedMs,
        'holdline.queued_ms': queuedMs,
        'holdline.token.refreshed': refreshed,
      });
    }
  }

  async #attempt(call: Call, next: Next): Promise<Outcome> {
    const outer = this.#calls.get(call.id);
    if (!this.#tracing || !outer || this.#tracing.options.traces !== true) return next(call);
    const { tracer, options } = this.#tracing;
    const { method, origin, route, attempts } = call;
    const known = methodAttribute(method);
    const template = options.urlTemplate ? templateOf(route.name) : undefined;
    const attributes: Attributes = {
      'http.request.method': known,
      ...(known === method ? {} : { 'http.request.method_original': method }),
      ...serverAttributes(origin),
      ...(template === undefined ? {} : { 'url.template': template }),
      // Every sending counts, also after a refresh of the token. The first one has no number.
      ...(attempts === 0 ? {} : { 'http.request.resend_count': attempts }),
      ...lineAttribute(options),
    };
    const verb = known === '_OTHER' ? 'HTTP' : known;
    const name = template === undefined ? verb : `${verb} ${template}`;
    const span = startSpan(tracer, name, SpanKind.CLIENT, attributes, outer.inside);
    if (!span) return next(call);
    const inside = trace.setSpan(outer.inside, span);
    const { propagate } = options;
    if (propagate === true || (propagate !== false && propagate.includes(origin))) inject(inside, call);
    let error: string | undefined;
    let status: number | undefined;
    try {
      const outcome = await context.with(inside, next, undefined, call);
      status = validStatus(outcome.status);
      error = attemptError(outcome.kind, status);
      return outcome;
    } catch (reason) {
      error = codeOf(reason) ?? '_OTHER';
      throw reason;
    } finally {
      endSpan(span, error, status === undefined ? {} : { 'http.response.status_code': status });
    }
  }
}

function lineAttribute({ name }: ResolvedTelemetryOptions): Attributes {
  return name === undefined ? {} : { 'holdline.line': name };
}

function codeOf(error: unknown): HoldlineErrorCode | undefined {
  return isHoldlineError(error) ? error.code : undefined;
}

/** Starts a span. Undefined: a sampler or a span processor threw, and the call goes on without a span. */
function startSpan(
  tracer: Tracer,
  name: string,
  kind: SpanKind,
  attributes: Attributes,
  parent: Context,
): Span | undefined {
  try {
    return tracer.startSpan(name, { kind, attributes }, parent);
  } catch {
    return undefined;
  }
}

/** Ends a span. Messages of errors stay out, because they may have parts of a URL or of an answer. */
function endSpan(span: Span, error: string | undefined, attributes: Attributes): void {
  try {
    span.setAttributes(attributes);
    if (error !== undefined) {
      span.setAttribute('error.type', error);
      span.setStatus({ code: SpanStatusCode.ERROR });
    }
    span.end();
  } catch {
    // A span processor that throws must not replace the result of the call.
  }
}

/** Writes the trace context to the headers of an attempt. Baggage stays out, because it may hold anything of the application. */
function inject(inside: Context, { request }: Call): void {
  try {
    propagation.inject(propagation.deleteBaggage(inside), request.headers, {
      set: (headers, name, value) => {
        if (name.toLowerCase() !== 'baggage') headers.set(name, value);
      },
    });
  } catch {
    // A propagator that throws must not stop the attempt.
  }
}
