import type { LimitLoad, LoadReport, PacingAdvice } from '@holdline/simulator';
import { type Style, table, wrap } from '../../terminal/style.js';
import { count, counted, duration, percent } from '../../terminal/words.js';
import type { PacingConfig } from './pacing-config.js';
import type { RunReport } from './run-report.js';
import { type Savings, savedByCache } from './savings.js';

/** Callers and routes in the text. The file has more. */
const MAX_LISTED = 10;
/** Findings in the text, those with the largest savings. */
const MAX_FINDINGS = 5;

/** The report as text. */
export function renderRunReport(report: RunReport, style: Style): string {
  const { load, pacing, savings, profile } = report;
  const parts = [
    renderSummary(load, style),
    renderRoutes(load),
    renderLimits(load, style),
    renderCallers(load, style),
    renderPacing(load, pacing, style),
    savings && renderSavings(savings, style),
    profile && renderFacts(profile, style),
  ];
  return parts.filter(Boolean).join('\n');
}

function renderSummary(load: LoadReport, style: Style): string {
  const { durationMs, requests, throttled, meanPerSec, peakPerSec, latency, sockets, calls } = load;
  const what = load.enforced ? 'limits refused' : 'limits would have refused (shadow mode: nothing was refused)';
  const share = requests === 0 ? 0 : throttled / requests;
  const lines = [
    style('bold', `Load of ${duration(durationMs)}\n`),
    wrap(
      `${counted(requests, 'request')}, ${rate(meanPerSec)} on average, ${count(peakPerSec)} in the busiest second; ${what} ${count(throttled)} (${percent(share)})`,
      '  ',
    ),
    wrap(`latency of answers: ${latencyWords(latency)}`, '  '),
  ];
  if (sockets.upgrades > 0)
    lines.push(
      wrap(
        `WebSockets: ${counted(sockets.upgrades, 'upgrade')}, ${count(sockets.accepted)} accepted, ${count(sockets.peakOpen)} open at most, ${count(sockets.framesIn)} frames in, ${count(sockets.framesOut)} out`,
        '  ',
      ),
    );
  if (calls && calls.proposed + calls.unplaced > 0)
    lines.push(
      wrap(
        `calls: ${count(calls.proposed)} proposed, ${count(calls.connected)} connected, ${count(calls.missed)} missed, ${count(calls.rejected)} rejected, ${count(calls.lost)} lost, ${count(calls.unplaced)} without a free softphone; handshake ${latencyWords(calls.handshake)}`,
        '  ',
      ),
    );
  return lines.join('');
}

function renderRoutes({ routes, routeCount }: LoadReport): string {
  if (routes.length === 0) return '';
  const rows = routes
    .slice(0, MAX_LISTED)
    .map(({ route, requests, throttled, latency }) => [
      count(requests),
      count(throttled),
      ms(latency.p50Ms),
      ms(latency.p95Ms),
      ms(latency.p99Ms),
      route,
    ]);
  const more = routeCount > rows.length ? `  and ${counted(routeCount - rows.length, 'more route')}\n` : '';
  return table(['requests', '429', 'p50', 'p95', 'p99', 'route'], rows) + more;
}

function renderLimits({ limits, enforced }: LoadReport, style: Style): string {
  if (limits.length === 0) return '';
  const rows = limits.map((limit) => {
    const peak = Math.max(0, ...limit.busiest.map(({ peakPerWindow }) => peakPerWindow));
    return [
      limit.name,
      limitWords(limit),
      count(limit.requests),
      count(limit.throttled),
      `${count(peak)} (${percent(peak / limit.limit)})`,
      `${count(limit.throttledScopes)} of ${count(limit.scopes)}`,
    ];
  });
  const header = [
    'limit',
    'allows',
    'counted',
    enforced ? 'refused' : 'would refuse',
    'peak in a window',
    'scopes hit',
  ];
  return `${style('bold', 'Limits')}\n${table(header, rows)}`;
}

function renderCallers({ callers, throttledCallers, enforced, early }: LoadReport, style: Style): string {
  if (callers.length === 0) return '';
  const rows = callers
    .slice(0, MAX_LISTED)
    .map(({ token, client, user, tenant, requests, throttled, byLimit, early: tooEarly }) => [
      token || '-',
      client,
      user,
      tenant,
      count(requests),
      count(throttled),
      count(tooEarly),
      Object.keys(byLimit).join(', '),
    ]);
  const title = enforced ? 'Who was throttled' : 'Who would have been throttled in production';
  const more = throttledCallers > rows.length ? `  and ${counted(throttledCallers - rows.length, 'more token')}\n` : '';
  const blame =
    early > 0
      ? wrap(
          `${counted(early, 'request')} came before the time that Retry-After had named: the clients do not wait for it.`,
          '  ',
        )
      : '';
  const header = ['token', 'client', 'user', 'tenant', 'requests', '429', 'too early', 'limits'];
  return `${style('bold', title)}\n${table(header, rows)}${more}${blame}`;
}

function renderPacing({ limits }: LoadReport, configs: readonly PacingConfig[], style: Style): string {
  const parts = limits.flatMap((limit) => {
    const config = configs.find((one) => one.limit === limit.name);
    return limit.pacing && config ? [renderAdvice(limit, limit.pacing, config)] : [];
  });
  return parts.length === 0 ? '' : `${style('bold', 'What pacing would avoid it')}\n${parts.join('')}`;
}

function renderAdvice(limit: LimitLoad, pacing: PacingAdvice, { lines, note, part }: PacingConfig): string {
  const { ratePerSec, burst, requests, delayed, waitP95Ms, waitMaxMs, window, rampUp } = pacing;
  const each = { token: 'token', client: 'client', user: 'user', tenant: 'tenant', entity: 'entity', socket: 'socket' };
  const scope = limit.per === 'org' || limit.per === 'route' ? 'in all' : `for each ${each[limit.per]}`;
  const text = [
    wrap(
      `${limit.name}: at most ${exactRate(ratePerSec)} with bursts of ${count(burst)}, ${scope}. Of ${counted(requests, limit.of.slice(0, -1))}, ${count(delayed)} wait: ${duration(waitP95Ms)} at most in 95 % of the cases, ${duration(waitMaxMs)} the longest.`,
      '  ',
    ),
  ];
  if (window)
    text.push(
      wrap(
        `With the quota of a line (${count(window.limit)} in ${duration(window.windowMs)}): ${duration(window.waitP95Ms)} in 95 %, ${duration(window.waitMaxMs)} the longest.`,
        '    ',
      ),
    );
  if (rampUp)
    text.push(
      wrap(
        `Ramp-up: let ${counted(rampUp.agents, 'agent')} start over ${duration(rampUp.overMs)}; each begins with ${round(rampUp.requestsPerAgent)} such ${rampUp.requestsPerAgent === 1 ? 'request' : 'requests'}.`,
        '    ',
      ),
    );
  const target = part === 'line' ? 'createHoldline' : 'guardWebSocket';
  text.push(`    ${target}: ${lines}\n`);
  if (note !== undefined) text.push(wrap(note, '    '));
  return text.join('');
}

function renderSavings(savings: Savings, style: Style): string {
  const { findings, cache, cacheTtlMs, lookedAt } = savings;
  const saved = savedByCache(savings);
  if (findings.length === 0 && saved === 0) return '';
  const lines = [style('bold', `Requests that need not be sent (of the last ${count(lookedAt)})\n`)];
  if (saved > 0)
    lines.push(
      wrap(
        `A cache of ${duration(cacheTtlMs)} that shares reads under way saves ${counted(saved, 'request')}, ${percent(saved / lookedAt)}: ${cache
          .slice(0, 3)
          .map(({ route, requests }) => `${route} ${count(requests)}`)
          .join(', ')}`,
        '  ',
      ),
    );
  const largest = [...findings].sort((a, b) => (b.saving?.requests ?? 0) - (a.saving?.requests ?? 0));
  for (const { what, fix, saving } of largest.slice(0, MAX_FINDINGS))
    lines.push(
      wrap(`${what} ${saving ? `Saves ${counted(saving.requests, 'request')}.` : ''}`, '  '),
      wrap(fix, '    '),
    );
  return lines.join('');
}

function renderFacts({ name, facts }: NonNullable<RunReport['profile']>, style: Style): string {
  const lines = Object.entries(facts).map(([key, { grade, source }]) => wrap(`${key}: ${grade}. ${source}.`, '  '));
  if (lines.length === 0) return '';
  const legend = 'A: from the vendor. B: from its staff, its community or several public sources. C: one weak source.';
  return `${style('bold', `Numbers of the profile ${name}\n`)}${wrap(legend, '  ')}${lines.join('')}`;
}

/** What a limit allows: `300 in 60 s per token`. */
export function limitWords({ limit, windowMs, per, enforcement, burst }: LimitLoad): string {
  const bucket = enforcement === 'bucket' && burst !== undefined ? `, burst ${count(burst)}` : '';
  return `${count(limit)} in ${duration(windowMs)} per ${per}${bucket}`;
}

function latencyWords({ p50Ms, p95Ms, p99Ms, maxMs, count: number }: LoadReport['latency']): string {
  if (number === 0) return 'none';
  return `p50 ${ms(p50Ms)}, p95 ${ms(p95Ms)}, p99 ${ms(p99Ms)}, max ${ms(maxMs)}`;
}

const round = (value: number): string => String(Math.round(value * 100) / 100);
const ms = (value: number): string => (value < 10 ? `${round(value)} ms` : duration(value));
/** A rate that must not be rounded up: `4.999/s`, and per minute where it is below one per second. */
const exactRate = (perSec: number): string =>
  perSec >= 1 ? `${perSec}/s` : `${perSec}/s (${Math.floor(perSec * 6_000) / 100}/min)`;
/** A rate: `4.9/s`, or per minute where it is below one per second. */
const rate = (perSec: number): string =>
  perSec >= 1 || perSec === 0 ? `${round(perSec)}/s` : `${round(perSec * 60)}/min`;
