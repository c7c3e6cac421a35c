import { readSafely, readText } from './safe-read.js';

/**
 * The class of an error without an answer.
 *
 * - `not-sent`: nothing reached the platform, and another attempt may succeed.
 * - `local`: the body, the request or the client of the caller failed. The error says nothing about the platform.
 * - `rejected`: the platform answered, and the client refuses the answer. Another attempt ends the same way.
 * - `unknown`: the platform may have executed the request.
 * @public
 */
export type Failure = 'not-sent' | 'local' | 'rejected' | 'unknown';

/** A class of the tables below. `invalid` is a local failure before anything is sent. */
type Row = Failure | 'invalid';

const rows = (row: Row, ...lines: string[]): [string, Row][] =>
  lines.flatMap((codes) => codes.split(' ')).map((code) => [code, row]);

/** Errors by their `code`. A code that no row names proves nothing: its error is `unknown`. */
const CODES: ReadonlyMap<string, Row> = new Map<string, Row>([
  ...rows(
    'not-sent',
    // libuv errno of a connection that was never established (docs.libuv.org, "Error handling"). Others: see READ_OR_WRITE.
    'ECONNREFUSED EHOSTUNREACH EHOSTDOWN ENETUNREACH ENETDOWN EADDRNOTAVAIL',
    // Names that do not resolve: getaddrinfo(3) through libuv, and c-ares (nodejs.org/api/dns.html, "Error codes").
    'ENOTFOUND EAI_AGAIN EAI_FAIL EAI_NODATA EAI_NONAME EAI_SERVICE EAI_FAMILY EAI_MEMORY',
    'ENODATA ESERVFAIL EREFUSED EFORMERR ENOTIMP EBADRESP ETIMEOUT EDESTRUCTION ELOADIPHLPAPI',
    // Node (nodejs.org/api/errors.html): connections that never became ready.
    'ERR_SOCKET_CONNECTION_TIMEOUT ERR_SOCKET_CLOSED_BEFORE_CONNECTION ERR_TLS_HANDSHAKE_TIMEOUT',
    'ERR_TLS_CERT_ALTNAME_INVALID ERR_TLS_CERT_ALTNAME_FORMAT ERR_PROXY_TUNNEL',
    // Certificates (nodejs.org/api/tls.html, "X509 certificate error codes"): checked before the first byte of a request.
    'UNABLE_TO_GET_ISSUER_CERT UNABLE_TO_GET_ISSUER_CERT_LOCALLY UNABLE_TO_VERIFY_LEAF_SIGNATURE',
    'UNABLE_TO_GET_CRL UNABLE_TO_DECRYPT_CERT_SIGNATURE UNABLE_TO_DECRYPT_CRL_SIGNATURE',
    'UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY CERT_SIGNATURE_FAILURE CRL_SIGNATURE_FAILURE',
    'CERT_NOT_YET_VALID CERT_HAS_EXPIRED CRL_NOT_YET_VALID CRL_HAS_EXPIRED',
    'ERROR_IN_CERT_NOT_BEFORE_FIELD ERROR_IN_CERT_NOT_AFTER_FIELD ERROR_IN_CRL_LAST_UPDATE_FIELD',
    'ERROR_IN_CRL_NEXT_UPDATE_FIELD OUT_OF_MEM DEPTH_ZERO_SELF_SIGNED_CERT',
    'SELF_SIGNED_CERT_IN_CHAIN CERT_CHAIN_TOO_LONG CERT_REVOKED INVALID_CA PATH_LENGTH_EXCEEDED',
    'INVALID_PURPOSE CERT_UNTRUSTED CERT_REJECTED HOSTNAME_MISMATCH',
    // undici (undici.nodejs.org, "Errors"): while connecting.
    'UND_ERR_CONNECT_TIMEOUT UND_ERR_PRX_TLS UND_ERR_SOCKS5',
  ),
  ...rows(
    'invalid',
    // A request that Node (errors.html) refuses to write.
    'ERR_INVALID_URL ERR_INVALID_URL_SCHEME ERR_INVALID_PROTOCOL ERR_INVALID_DOMAIN_NAME',
    'ERR_INVALID_CHAR ERR_INVALID_HTTP_TOKEN ERR_HTTP_INVALID_HEADER_VALUE ERR_UNESCAPED_CHARACTERS',
    'ERR_HTTP2_INVALID_HEADER_VALUE ERR_HTTP2_INVALID_PSEUDOHEADER ERR_HTTP2_CONNECT_AUTHORITY',
    'ERR_HTTP2_INVALID_CONNECTION_HEADERS ERR_HTTP2_HEADER_SINGLE_VALUE ERR_SOCKET_BAD_PORT',
    // A wrong configuration of the client: proxy, lookup, TLS versions and certificates.
    'ERR_PROXY_INVALID_CONFIG ERR_INVALID_IP_ADDRESS ERR_INVALID_ADDRESS ERR_INVALID_ADDRESS_FAMILY',
    'ERR_TLS_INVALID_PROTOCOL_VERSION ERR_TLS_INVALID_PROTOCOL_METHOD ERR_TLS_INVALID_CONTEXT',
    'ERR_TLS_PROTOCOL_VERSION_CONFLICT ERR_TLS_REQUIRED_SERVER_NAME ERR_SSL_NO_CIPHER_MATCH',
    'ERR_SSL_NO_CIPHERS_AVAILABLE ERR_SSL_NO_PROTOCOLS_AVAILABLE ERR_CRYPTO_UNSUPPORTED_OPERATION',
    // undici refuses the request before sending, or the caller has closed the dispatcher (undici.nodejs.org, "Errors").
    'UND_ERR_INVALID_ARG UND_ERR_NOT_SUPPORTED UND_ERR_BPL_MISSING_UPSTREAM UND_ERR_CLOSED',
    'UND_ERR_MAX_ORIGINS_REACHED',
    // axios (lib/core/AxiosError.js). ERR_NETWORK, ECONNABORTED and ETIMEDOUT prove nothing, but their cause may.
    'ERR_BAD_OPTION ERR_BAD_OPTION_VALUE ERR_FORM_DATA_DEPTH_EXCEEDED',
  ),
  ...rows(
    'local',
    'UND_ERR_DESTROYED UND_ERR_INVALID_RETURN_VALUE UND_ERR_REQ_CONTENT_LENGTH_MISMATCH',
    'ERR_BAD_REQUEST ERR_NOT_SUPPORT',
    // follow-redirects (index.js): a body above the limit of the caller.
    'ERR_FR_MAX_BODY_LENGTH_EXCEEDED',
    // Bodies that Node cannot write, or that violate the rules of streams (errors.html, "stream").
    'ERR_INVALID_ARG_TYPE ERR_INVALID_ARG_VALUE ERR_OUT_OF_RANGE ERR_INVALID_STATE ERR_INVALID_THIS',
    'ERR_INVALID_RETURN_VALUE ERR_METHOD_NOT_IMPLEMENTED ERR_STREAM_NULL_VALUES ERR_UNKNOWN_ENCODING',
    'ERR_STREAM_PUSH_AFTER_EOF ERR_STREAM_WRITE_AFTER_END ERR_STREAM_UNSHIFT_AFTER_END_EVENT',
    'ERR_HTTP_CONTENT_LENGTH_MISMATCH ERR_HTTP_BODY_NOT_ALLOWED ERR_HTTP_TRAILER_INVALID',
    'ERR_HTTP_HEADERS_SENT EISDIR',
  ),
  ...rows(
    'rejected',
    // An answer that the client refuses.
    'ERR_FR_TOO_MANY_REDIRECTS ERR_FR_REDIRECTION_FAILURE UND_ERR_RES_EXCEEDED_MAX_SIZE',
  ),
]);

/**
 * OpenSSL reasons of a failed handshake (openssl/include/openssl/sslerr.h), in the code `ERR_SSL_…` or in the text of an EPROTO.
 * The server sends these alerts before the client has finished. Other alerts prove nothing: they may come after a TLS 1.3 client
 * has sent its request, such as the alert for a missing certificate (RFC 8446 §4.4.2.4, §4.6.2).
 */
const HANDSHAKE = new RegExp(
  `^(${[
    'WRONG_VERSION_NUMBER|UNSUPPORTED_PROTOCOL|UNKNOWN_PROTOCOL|WRONG_SSL_VERSION|HTTPS?_(PROXY_)?REQUEST',
    'PACKET_LENGTH_TOO_LONG|CERTIFICATE_VERIFY_FAILED|UNSAFE_LEGACY_RENEGOTIATION_DISABLED|NO_SHARED_CIPHER',
    '(DH|EE|CA)_KEY_TOO_SMALL|(CA|EE)_MD_TOO_WEAK|WRONG_(SIGNATURE|CIPHER|CURVE)\\w*|BAD_(DH|ECPOINT|SIGNATURE)\\w*',
    '\\w*_ALERT_(HANDSHAKE_FAILURE|PROTOCOL_VERSION|INSUFFICIENT_SECURITY|INAPPROPRIATE_FALLBACK|MISSING_EXTENSION)',
    '\\w*_NO_APPLICATION_PROTOCOL|\\w*_UNRECOGNIZED_NAME',
  ].join('|')})$`,
);
const SSL_CODE = /^ERR_SSL_(.+)$/;
/** `write EPROTO 40D7…:error:0A00010B:SSL routines:ssl3_get_record:wrong version number:…` */
const SSL_TEXT = /:SSL routines:[^:]*:([^:]+):/;

/** Errors of Node's system calls, by their `syscall`. */
const CONNECTING = /^(connect|bind|getaddrinfo|query[A-Z]\w*)$/;
const READ_OR_WRITE = /^(read|write|shutdown)$/;
const FILES = /^(open|opendir|stat|lstat|fstat|close|readlink|scandir|access|realpath)$/;

/** Errors by their text, for errors without a code or with a code that proves nothing. */
const TEXTS: readonly (readonly [Row, readonly RegExp[]])[] = [
  [
    'not-sent',
    [
      // Node, lib/_tls_wrap.js, with the code ECONNRESET.
      /^Client network socket disconnected before secure TLS connection was established/,
      // RFC 9113 §8.7: a refused stream was not processed. Node reports it with ERR_HTTP2_STREAM_ERROR.
      /NGHTTP2_REFUSED_STREAM/,
      // tunnel-agent and tunnel, https-proxy-agent, undici's ProxyAgent: the proxy did not open a tunnel.
      /tunneling socket could not be|Proxy connection ended before receiving|when HTTP Tunneling$/,
      // Safari, from CFNetwork (NSURLErrorCannotFindHost, …CannotConnectToHost, …SecureConnectionFailed, …ServerCertificate*).
      /^A server with the specified hostname could not be found|^Could not connect to the server/,
      /^An SSL error has occurred and a secure connection|^The certificate for this server (is invalid|has expired)/,
    ],
  ],
  [
    'invalid',
    [
      // Chromium, bindings: wrong arguments.
      /^Failed to (execute '(fetch|open|setRequestHeader|set|append)' on|construct '(Request|Headers)':)/,
      // Chromium and undici, lib/web/fetch/{request,headers,body}.js.
      /^Failed to parse URL from |^'.*' is not a valid HTTP method\.$/,
      /^(fetch|Request|Headers|RequestInit)(\.\w+| constructor)?: /,
      /^Request (with GET\/HEAD method cannot have body|cannot be constructed from a URL that)/,
      /^Response body object should not be disturbed or locked|^Body is unusable/,
      // Firefox, dom/bindings/Errors.msg. Failures of its network begin with "NetworkError".
      /^(Window|WorkerGlobalScope)\.fetch: /,
      // Safari, WebCore FetchRequest and FetchHeaders.
      /^URL is not valid or contains user credentials|^Request has method '.*' and cannot have a body/,
      /^(Invalid header (name|value)|Header '.*' has invalid value|Method is forbidden|Invalid HTTP method)/,
      /^unknown scheme$/,
      // node-fetch 2 and 3, src/index.js.
      /^Only (absolute URLs|HTTP\(S\) protocols) are supported|^node-fetch cannot load /,
    ],
  ],
  [
    'rejected',
    [
      // undici, lib/web/fetch/index.js.
      /^(redirect count exceeded|unexpected redirect|bad port|URL scheme must be a HTTP\(S\) scheme)$/,
    ],
  ],
];

/** Errors by their name: a `DOMException` has a number as its code (webidl.spec.whatwg.org, "Error names"). */
const NAMES: ReadonlyMap<string, Row> = new Map<string, Row>([
  // A file that was changed or deleted after the user chose it.
  ['NotReadableError', 'local'],
  ['NotFoundError', 'local'],
  // `XMLHttpRequest.open` and `setRequestHeader`.
  ['SyntaxError', 'invalid'],
]);

/** Maximal depth of causes. Causes may form a circle. */
const MAX_CAUSE_DEPTH = 8;

/**
 * Classifies an error without an answer, by its codes and those of its causes. An error that the tables do not name is `unknown`,
 * because a wrong guess would execute a write twice. Never throws.
 * @public
 */
export function networkFailure(error: unknown): Failure {
  const row = findRow(error, MAX_CAUSE_DEPTH) ?? 'unknown';
  return row === 'invalid' ? 'local' : row;
}

/** Whether the client refused the request itself, before anything was sent. Such a request costs no quota. */
export function isRefusedByClient(error: unknown): boolean {
  return findRow(error, MAX_CAUSE_DEPTH) === 'invalid';
}

function findRow(error: unknown, depth: number): Row | undefined {
  if (depth === 0 || error === undefined) return undefined;
  // Happy Eyeballs reports the failures of all addresses in one error.
  const errors = readSafely(error, 'errors');
  if (Array.isArray(errors) && errors.length > 0) {
    const found = errors.map<Row | undefined>((inner) => findRow(inner, depth - 1));
    return found.every((row) => row === found[0]) ? found[0] : 'unknown';
  }
  return findOwnRow(error) ?? findRow(readSafely(error, 'cause'), depth - 1);
}

function findOwnRow(error: unknown): Row | undefined {
  const text = readText(error, 'message') ?? '';
  const name = readText(error, 'name') ?? '';
  const code = readSafely(error, 'code');
  const row = typeof code === 'number' ? NAMES.get(name) : findRowOfCode(code, readText(error, 'syscall') ?? '', text);
  // The `socks` package: the proxy did not open a tunnel.
  return (
    row ??
    TEXTS.find(([, patterns]) => patterns.some((pattern) => pattern.test(text)))?.[0] ??
    (name === 'SocksClientError' ? 'not-sent' : undefined)
  );
}

function findRowOfCode(code: unknown, syscall: string, text: string): Row | undefined {
  if (typeof code !== 'string') return undefined;
  if (CONNECTING.test(syscall)) return 'not-sent';
  // The connection was established: EHOSTUNREACH then means a peer that no longer answers.
  if (READ_OR_WRITE.test(syscall) && code !== 'EISDIR' && code !== 'EPROTO') return 'unknown';
  if (FILES.test(syscall)) return 'local';
  const reason = SSL_CODE.exec(code)?.[1] ?? (code === 'EPROTO' ? SSL_TEXT.exec(text)?.[1] : undefined);
  if (reason !== undefined && !CODES.has(code)) return findRowOfHandshake(reason);
  return CODES.get(code) ?? (code.startsWith('ERR_OSSL_') ? 'invalid' : undefined);
}

function findRowOfHandshake(reason: string): Row {
  const [name] = HANDSHAKE.exec(reason.toUpperCase().replaceAll(' ', '_')) ?? [];
  return name === undefined ? 'unknown' : 'not-sent';
}
