import { describe, expect, it } from 'vitest';
import { networkFailure, type Failure } from '../index.js';

const error = (code: string, more: object = {}): Error => Object.assign(new Error(code), { code, ...more });
const text = (message: string, name = 'TypeError', more: object = {}): Error =>
  Object.assign(new Error(message), { name, ...more });
const fetchFailed = (cause: unknown): Error => Object.assign(new TypeError('fetch failed'), { cause });
const domException = (name: string, code: number): Error => Object.assign(new Error('Requested'), { name, code });
const domExceptionOf = (cause: unknown): Error =>
  Object.assign(new Error('Request was cancelled.'), { name: 'Error', code: 0, cause });
const eproto = (reason: string): Error =>
  Object.assign(
    new Error(
      `write EPROTO 80DC8A1AF17F0000:error:0A00010B:SSL routines:ssl3_get_record:${reason}:../deps/openssl/openssl/ssl/record/ssl3_record.c:350:\n`,
    ),
    { code: 'EPROTO', syscall: 'write' },
  );
const ring = error('X');
Object.assign(ring, { cause: ring, errors: [ring] });
const deep = (depth: number): unknown => (depth === 0 ? error('ECONNREFUSED') : { cause: deep(depth - 1) });
const hostile = Object.defineProperties(
  {},
  Object.fromEntries(
    ['name', 'message', 'code', 'cause', 'errors', 'syscall'].map((key) => [
      key,
      {
        get(): never {
          throw new TypeError(`The DOMException.${key} getter can only be used on instances of DOMException`);
        },
      },
    ]),
  ),
);
const SECURE_LOST = 'Client network socket disconnected before secure TLS connection was established';
const CERT_REQUIRED = 'TLSV13_ALERT_CERTIFICATE_REQUIRED';
const revoked = Proxy.revocable({}, {});
revoked.revoke();

describe('the class of an error without an answer', () => {
  it.each<[string, unknown, Failure]>([
    ['connection refused', error('ECONNREFUSED'), 'not-sent'],
    ['name not found', error('ENOTFOUND'), 'not-sent'],
    ['name server busy', error('EAI_AGAIN'), 'not-sent'],
    ['c-ares, no data', error('ENODATA', { syscall: 'queryA' }), 'not-sent'],
    ['a timeout while connecting', error('ETIMEDOUT', { syscall: 'connect' }), 'not-sent'],
    ['out of descriptors while connecting', error('EMFILE', { syscall: 'connect' }), 'not-sent'],
    ['no such unix socket', error('ENOENT', { syscall: 'connect' }), 'not-sent'],
    ['undici, while connecting', error('UND_ERR_CONNECT_TIMEOUT'), 'not-sent'],
    ['axios-retry#66: ECONNRESET', error('ECONNRESET'), 'unknown'],
    ['axios-retry#17: ETIMEDOUT', error('ETIMEDOUT'), 'unknown'],
    ['EPIPE', error('EPIPE'), 'unknown'],
    ['an established connection without a peer', error('EHOSTUNREACH', { syscall: 'read' }), 'unknown'],
    ['no route to the peer', error('EHOSTUNREACH', { syscall: 'connect' }), 'not-sent'],
    ['a timeout of axios', error('ECONNABORTED'), 'unknown'],
    [
      // undici 7.30, lib/dispatcher/proxy-agent.js and lib/web/fetch/response.js.
      'undici, a proxy that answers CONNECT with 407',
      fetchFailed(
        domExceptionOf(error('UND_ERR_ABORTED', { message: 'Proxy response (407) !== 200 when HTTP Tunneling' })),
      ),
      'not-sent',
    ],
    ['undici, an aborted request', fetchFailed(domExceptionOf(error('UND_ERR_ABORTED'))), 'unknown'],
    ['undici, after sending', error('UND_ERR_HEADERS_TIMEOUT'), 'unknown'],
    ['undici, other side closed', fetchFailed(error('UND_ERR_SOCKET')), 'unknown'],
    ['an answer that is not HTTP', error('HPE_INVALID_CONSTANT'), 'unknown'],
    ['a cause of a fetch error', fetchFailed(error('ECONNREFUSED')), 'not-sent'],
    ['fetch, reset', fetchFailed(error('ECONNRESET')), 'unknown'],
    ['axios with the fetch adapter', error('ERR_NETWORK', { cause: fetchFailed(error('ENOTFOUND')) }), 'not-sent'],
    ['happy eyeballs: all addresses refused', { errors: [error('ECONNREFUSED'), error('ECONNREFUSED')] }, 'not-sent'],
    [
      'happy eyeballs: one of them was reset',
      { code: 'ECONNREFUSED', errors: [error('ECONNREFUSED'), error('ECONNRESET')] },
      'unknown',
    ],
    ['seven causes deep', deep(7), 'not-sent'],
    ['an error that causes itself', ring, 'unknown'],
    ['no error at all', undefined, 'unknown'],
    ['null', null, 'unknown'],
    ['a string', 'ECONNREFUSED', 'unknown'],
  ])('the network: %s: %s', (_, thrown, kind) => expect(networkFailure(thrown)).toBe(kind));

  it('never throws, even if the getters of the error throw (issue 13, d-axios-safari)', () => {
    expect(networkFailure(hostile)).toBe('unknown');
    expect(networkFailure(revoked.proxy)).toBe('unknown');
    expect(networkFailure({ cause: hostile, errors: [] })).toBe('unknown');
  });

  // Issue 13, a08.
  it.each<[string, unknown, Failure]>([
    ['expired', error('CERT_HAS_EXPIRED'), 'not-sent'],
    ['self-signed', fetchFailed(error('DEPTH_ZERO_SELF_SIGNED_CERT')), 'not-sent'],
    ['unknown issuer', error('UNABLE_TO_GET_ISSUER_CERT_LOCALLY'), 'not-sent'],
    ['another host', error('ERR_TLS_CERT_ALTNAME_INVALID'), 'not-sent'],
    ['https to a plain port', eproto('wrong version number'), 'not-sent'],
    ['https to a plain port, undici', fetchFailed(error('ERR_SSL_WRONG_VERSION_NUMBER')), 'not-sent'],
    ['no common version', error('ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION'), 'not-sent'],
    ['no common cipher', eproto('sslv3 alert handshake failure'), 'not-sent'],
    ['closed in the handshake', error('ECONNRESET', { message: SECURE_LOST }), 'not-sent'],
    ['no client certificate, whose alert may come after the request', error(`ERR_SSL_${CERT_REQUIRED}`), 'unknown'],
    [
      'an unknown client certificate, whose alert may come after the request',
      error('ERR_SSL_TLSV1_ALERT_UNKNOWN_CA'),
      'unknown',
    ],
    ['a record changed in transit', eproto('decryption failed or bad record mac'), 'unknown'],
    ['an EPROTO without a reason', error('EPROTO', { syscall: 'write' }), 'unknown'],
    ['a malformed private key', error('ERR_OSSL_PEM_NO_START_LINE'), 'local'],
    ['an unknown TLS version', error('ERR_TLS_INVALID_PROTOCOL_VERSION'), 'local'],
  ])('TLS: %s: %s', (_, thrown, kind) => expect(networkFailure(thrown)).toBe(kind));

  // Issue 13, a02, d-fetch-broken, d-axios-broken-fetch, d-broken-breaker.
  it.each<[string, unknown, Failure]>([
    ['a header with a line break', error('ERR_INVALID_CHAR'), 'local'],
    ['a path with a space', error('ERR_UNESCAPED_CHARACTERS'), 'local'],
    ['a malformed URL', fetchFailed(error('ERR_INVALID_URL')), 'local'],
    ['ftp:', error('ERR_INVALID_PROTOCOL'), 'local'],
    ['a wrong port', error('ERR_SOCKET_BAD_PORT'), 'local'],
    ['undici, a header', fetchFailed(error('UND_ERR_INVALID_ARG')), 'local'],
    ['undici, expect', error('ERR_NETWORK', { cause: fetchFailed(error('UND_ERR_NOT_SUPPORTED')) }), 'local'],
    ['undici, a length', fetchFailed(error('UND_ERR_REQ_CONTENT_LENGTH_MISMATCH')), 'local'],
    ['undici, a closed dispatcher', fetchFailed(error('UND_ERR_CLOSED')), 'local'],
    ['axios, an option', error('ERR_BAD_OPTION_VALUE'), 'local'],
    ['axios, a request', error('ERR_BAD_REQUEST'), 'local'],
    ['a wrong proxy configuration', error('ERR_PROXY_INVALID_CONFIG'), 'local'],
    ['a missing file', error('ENOENT', { syscall: 'open' }), 'local'],
    ['a file without read permission', error('EACCES', { syscall: 'open' }), 'local'],
    ['a folder', error('EISDIR', { syscall: 'read' }), 'local'],
    ['a blob whose file changed', domException('NotReadableError', 0), 'local'],
    ['XMLHttpRequest, a URL', domException('SyntaxError', 12), 'local'],
    ['a NotFoundError of other code', text('no such user', 'NotFoundError', { status: 404 }), 'unknown'],
    ['a SyntaxError of other code', text('Unexpected token', 'SyntaxError'), 'unknown'],
    ['too many redirects', error('ERR_FR_TOO_MANY_REDIRECTS'), 'rejected'],
    ['too many redirects, undici', fetchFailed(text('redirect count exceeded', 'Error')), 'rejected'],
    ['an answer that is too long', error('UND_ERR_RES_EXCEEDED_MAX_SIZE'), 'rejected'],
  ])('a local failure or a refused answer: %s: %s', (_, thrown, kind) => expect(networkFailure(thrown)).toBe(kind));

  it.each<[string, string, Failure]>([
    ['Chromium', 'Failed to fetch', 'unknown'],
    ['Chromium', "Failed to execute 'fetch' on 'Window': Invalid name", 'local'],
    ['Chromium', "Failed to construct 'Request': Failed to parse URL from http://", 'local'],
    ['Firefox', 'NetworkError when attempting to fetch resource.', 'unknown'],
    ['Firefox', 'Window.fetch: http:// is not a valid URL.', 'local'],
    ['Safari', 'Load failed', 'unknown'],
    ['Safari', 'The network connection was lost.', 'unknown'],
    ['Safari', 'A server with the specified hostname could not be found.', 'not-sent'],
    ['Safari', 'Could not connect to the server.', 'not-sent'],
    ['Safari', "Request has method 'GET' and cannot have a body", 'local'],
    ['undici', 'Headers.append: "a\nb" is an invalid header value.', 'local'],
    ['undici', 'Failed to parse URL from http://', 'local'],
    ['undici', 'fetch failed', 'unknown'],
  ])('%s: %s: %s', (_, message, kind) => expect(networkFailure(text(message))).toBe(kind));
});
