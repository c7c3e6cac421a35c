import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Feed } from '../feed.js';
import { QueryError } from '../state/query.js';
import { send, sendJson, sendProblem, writeHead } from './answers.js';
import type { Api } from './api.js';
import type { Door } from './auth.js';
import { isAllowedHost, isForeign } from './hosts.js';
import { readToken } from './login.js';
import { policyFor } from './page-answer.js';
import type { Streams } from './streams.js';

/** Largest number of connections. Further ones are closed at once. */
const MAX_CONNECTIONS = 128;
/** Time for a client to send its whole request, ms. */
const REQUEST_MS = 10_000;
const HTML = 'text/html';

/** What the server answers with. */
export interface Site {
  readonly page: string;
  readonly loginPage: string;
  readonly api: Api;
  readonly feed: Feed;
  readonly streams: Streams;
  /** Undefined: no token is needed. */
  readonly door: Door | undefined;
  /** Allowed names in the `Host` header, besides IP addresses and `localhost`. */
  readonly hosts: ReadonlySet<string>;
}

/** Makes the server of a dashboard. Neither it nor its connections keep the process alive. */
export function createSiteServer(site: Site): Server {
  const pagePolicy = policyFor(site.page);
  const loginPolicy = policyFor(site.loginPage);
  const server = createServer({ requestTimeout: REQUEST_MS, headersTimeout: REQUEST_MS, keepAliveTimeout: 5_000 });
  server.maxConnections = MAX_CONNECTIONS;
  server.on('connection', (socket) => void socket.unref());
  server.on('request', (request, response) => {
    answer(site, pagePolicy, loginPolicy, request, response).catch(() => {
      if (response.headersSent) response.destroy();
      else sendProblem(request, response, 500, 'The dashboard failed to answer.');
    });
  });
  return server;
}

async function answer(
  site: Site,
  pagePolicy: string,
  loginPolicy: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (!isAllowedHost(request.headers.host, site.hosts))
    return sendProblem(request, response, 421, 'This host name is not allowed. Add it to the option hosts.');
  // The base is never used: Node accepts only a path, `*` and absolute addresses here.
  const url = URL.canParse(request.url ?? '', 'http://localhost')
    ? new URL(request.url ?? '', 'http://localhost')
    : undefined;
  if (!url) return sendProblem(request, response, 400, 'The address is not valid.');
  const path = url.pathname;
  if (request.method === 'POST' && path === '/login' && site.door)
    return signIn(site, site.door, loginPolicy, request, response);
  if (request.method !== 'GET' && request.method !== 'HEAD')
    return sendProblem(request, response, 405, 'The dashboard only reads.', { Allow: 'GET, HEAD' });

  const isPage = path === '/';
  if (!isPage && isForeign(request.headers['sec-fetch-site']))
    return sendProblem(request, response, 403, 'Pages of other origins get no data.');
  if (site.door && !site.door.admits(request)) {
    if (request.headers.authorization !== undefined && site.door.blockedSeconds(request) > 0)
      return sendBlocked(site.door, request, response);
    const how = { 'WWW-Authenticate': 'Bearer' };
    if (!isPage) return sendProblem(request, response, 401, 'A token is needed.', how);
    return send(request, response, 401, HTML, site.loginPage, { ...how, 'Content-Security-Policy': loginPolicy });
  }
  if (isPage) return send(request, response, 200, HTML, site.page, { 'Content-Security-Policy': pagePolicy });
  if (path === '/api/stream') return openStream(site, request, response);
  try {
    const result = site.api.answer(path, url.searchParams);
    if (result) sendJson(request, response, 200, result);
    else sendProblem(request, response, 404, 'There is nothing at this address.');
  } catch (error) {
    if (!(error instanceof QueryError)) throw error;
    sendProblem(request, response, 400, error.message);
  }
}

async function signIn(
  site: Site,
  door: Door,
  loginPolicy: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (!isOwnForm(request, site.hosts))
    return sendProblem(request, response, 403, 'Pages of other origins cannot sign in.');
  if (door.blockedSeconds(request) > 0) return sendBlocked(door, request, response);
  const token = await readToken(request);
  if (token === undefined || !door.isToken(token, request)) {
    const page = site.loginPage.replace('data-wrong="no"', 'data-wrong="yes"');
    return send(request, response, 401, HTML, page, { 'Content-Security-Policy': loginPolicy });
  }
  writeHead(response, 303, { Location: './', 'Set-Cookie': door.cookieFor(request), 'Content-Length': '0' });
  response.end();
}

function openStream({ streams, feed }: Site, request: IncomingMessage, response: ServerResponse): void {
  if (streams.isFull) return sendProblem(request, response, 503, 'Too many streams are open.', { 'Retry-After': '10' });
  writeHead(response, 200, { 'Content-Type': 'text/event-stream; charset=utf-8', 'X-Accel-Buffering': 'no' });
  if (request.method === 'HEAD') return void response.end();
  feed.start();
  const lastId = request.headers['last-event-id'];
  const isCurrent = typeof lastId === 'string' && feed.isCurrent(lastId);
  streams.open(response, `retry: 2000\n\n${isCurrent ? 'event: alive\ndata: 0\n\n' : feed.whole()}`);
}

function sendBlocked(door: Door, request: IncomingMessage, response: ServerResponse): void {
  const wait = { 'Retry-After': `${door.blockedSeconds(request)}` };
  sendProblem(request, response, 429, 'Too many wrong tokens came from this address. Try again in a minute.', wait);
}

/** Whether the login form of this dashboard sent a request. Behind a proxy, the `Host` header may be the name that the proxy uses. */
function isOwnForm({ headers }: IncomingMessage, hosts: ReadonlySet<string>): boolean {
  const site = headers['sec-fetch-site'];
  if (site !== undefined) return !isForeign(site);
  if (headers.origin === undefined) return true;
  if (!URL.canParse(headers.origin)) return false;
  const { host, hostname } = new URL(headers.origin);
  return host === headers.host || hosts.has(hostname);
}
