/**
 * The part of the script that is the same for all plans. It is written for njs 0.7.9: no `for ... of`, no destructuring, no classes.
 *
 * Platforms differ in how they read an unusual path: some decode `%61`, some merge slashes, some drop `;v=1`. A request must not get out
 * of a quota by such a spelling. So the script reads each path in three ways: `0` as a line does, `1` decoded and normalised as RFC 3986
 * says, `2` as the most lenient server would. The request counts in the zones of all three readings. For ordinary paths they are one.
 */
export const RUNTIME = String.raw`
const RAW = 0;
const DECODED = 1;
const LENIENT = 2;

// One request, one reading: each variable of this file would repeat it.
let memo = { id: '', facts: null };

function digest(text) {
  return crypto.createHash('sha256').update(text).digest('hex').slice(0, 16);
}

function fold(text) {
  return FOLD ? text.toLowerCase() : text;
}

function decodeOnce(text) {
  return text.replace(/%([0-9a-f]{2})/gi, function (whole, hex) {
    const code = parseInt(hex, 16);
    if (code === 47 || code === 37) return whole.toUpperCase();
    return code > 31 && code < 127 ? String.fromCharCode(code) : whole.toUpperCase();
  });
}

function decodeAll(text) {
  let before = '';
  let now = text;
  for (let i = 0; i < 4 && now !== before; i++) {
    before = now;
    now = now.replace(/%([0-9a-f]{2})/gi, function (whole, hex) {
      const code = parseInt(hex, 16);
      return code > 31 && code < 127 ? String.fromCharCode(code) : whole.toUpperCase();
    });
  }
  return now.replace(/\\/g, '/');
}

function split(path) {
  const segments = path.split('/');
  segments.shift();
  if (segments.length > 0 && segments[segments.length - 1] === '') segments.pop();
  return segments;
}

// Segments without empty ones and dots, for the readings besides that of a line.
function normalise(segments, isLenient) {
  const result = [];
  for (let i = 0; i < segments.length; i++) {
    let segment = segments[i];
    if (isLenient) {
      const end = segment.indexOf(';');
      if (end >= 0) segment = segment.slice(0, end);
    }
    if (segment === '..') result.pop();
    else if (segment !== '' && segment !== '.') result.push(segment);
  }
  return result;
}

function isWild(segment) {
  return segment === '*' || segment[0] === ':';
}

function isOrdinary(path) {
  return path.indexOf('%') < 0 && path.indexOf('//') < 0 && path.indexOf('/.') < 0 && !/[;\\A-Z]/.test(path);
}

function startsWith(prefix, segments) {
  if (prefix.length > segments.length) return false;
  for (let i = 0; i < prefix.length; i++) {
    if (prefix[i][0] !== ':' && prefix[i] !== segments[i]) return false;
  }
  return true;
}

// Segments that compare with those of the patterns. A lenient server may ignore case.
function comparable(segments, reading) {
  return reading === LENIENT ? segments.map(lower) : segments;
}

function lower(text) {
  return text.toLowerCase();
}

function segmentsOf(given, reading) {
  let path = fold(given);
  if (reading === DECODED) path = '/' + normalise(split(fold(decodeOnce(path))), false).join('/');
  if (reading === LENIENT) path = '/' + normalise(split(fold(decodeAll(path))), true).join('/');
  const anchor = ANCHORS[reading];
  if (anchor !== '') {
    // Normalised paths have no slash at their end.
    const searched = reading === RAW ? path : (reading === LENIENT ? lower(path) : path) + '/';
    const at = searched.indexOf(anchor);
    if (at > 0) path = path.slice(at);
  }
  const segments = split(path);
  const compared = comparable(segments, reading);
  const prefixes = PREFIXES[reading];
  for (let i = 0; i < prefixes.length; i++) {
    if (startsWith(prefixes[i], compared)) return segments.slice(prefixes[i].length);
  }
  return segments;
}

function looksLikeId(segment) {
  let digits = 0;
  let others = 0;
  for (let i = 0; i < segment.length; i++) {
    const c = segment.charCodeAt(i);
    if (c >= 48 && c <= 57) digits++;
    else if (c === 64 || c === 37) return true;
    else others++;
  }
  if (digits === 0) return segment.length > 40;
  if (others === 0) return true;
  return segment.length >= 8 && digits >= 3;
}

// The name of a route, as a line names it.
function nameOf(method, segments, found) {
  const paths = found.map(pathAt);
  const names = segments.map(function (segment, at) {
    let name;
    for (let i = 0; i < paths.length; i++) {
      const part = paths[i][at];
      if (part === undefined || part === '**') continue;
      if (!isWild(part)) return part;
      if (name === undefined) name = part;
    }
    if (name !== undefined) return name;
    return looksLikeId(segment) ? ':id' : segment;
  });
  return method + ' /' + names.join('/');
}

function matchAll(method, path, reading) {
  const segments = segmentsOf(path, reading);
  const compared = comparable(segments, reading);
  const found = MATCHERS[reading](method, compared);
  let zones;
  for (let i = 0; i < found.length && !zones; i++) zones = zonesAt(found[i]) || undefined;
  return {
    segments: segments,
    found: found,
    zones: zones || COMMON,
    isSocket: SOCKET_MATCHERS[reading](method, compared).length > 0,
  };
}

// Reading a path takes time. A longer path is refused, because its end decides what it means.
const MAX_PATH = 2048;

function pathOf(target) {
  return target.replace(/[?#].*$/, '') || '/';
}

// All readings of a request target, that of a line first.
function readTarget(method, target) {
  const path = pathOf(target).slice(0, MAX_PATH);
  const readings = [matchAll(method, path, RAW)];
  if (!isOrdinary(path)) {
    readings.push(matchAll(method, path, DECODED));
    readings.push(matchAll(method, path, LENIENT));
  }
  return readings;
}

// "bearer  x" and "Bearer x" are one credential.
function credentialOf(header) {
  const text = (header || '').trim();
  if (text === '') return '';
  const end = text.search(/\s/);
  return digest(end < 0 ? text : text.slice(0, end).toLowerCase() + ' ' + text.slice(end).trim());
}

function factsOf(r) {
  const v = r.variables;
  if (memo.id === v.request_id && memo.facts) return memo.facts;
  const method = v.request_method;
  const credential = credentialOf(v.http_authorization);
  const facts = {
    method: method,
    credential: credential,
    isPreflight: credential === '' && method === 'OPTIONS' && !!v.http_access_control_request_method,
    tenant: v.holdline_tenant || '',
    address: v.remote_addr,
    readings: readTarget(method, v.request_uri),
    isUpgrade: /^\s*websocket\s*$/i.test(v.http_upgrade || ''),
  };
  facts.isSocket =
    facts.isUpgrade &&
    facts.readings.every(function (reading) {
      return reading.isSocket;
    });
  memo = { id: v.request_id, facts: facts };
  return facts;
}

// The reading that a zone counts: the most lenient one to which the zone applies.
function readingFor(facts, zone) {
  for (let i = facts.readings.length - 1; i >= 0; i--) {
    if (facts.readings[i].zones.indexOf(zone) >= 0) return facts.readings[i];
  }
  return undefined;
}

// The key of a request in a zone; empty if the zone does not count the request, because NGINX ignores empty keys.
function keyOf(r, at) {
  const zone = ZONES[at];
  const key = keyIn(factsOf(r), zone, at);
  return key === '' || !zone.slotMs ? key : key + '.' + Math.floor(Date.now() / zone.slotMs);
}

function keyIn(facts, zone, at) {
  const credential = facts.credential || 'none';
  if (zone.by === 'address') return facts.address;
  if (zone.of === 'upgrades') return facts.isSocket ? credential : '';
  const reading = facts.isSocket ? undefined : readingFor(facts, at);
  if (!reading) return '';
  if (zone.by === 'all') return 'all';
  if (zone.by === 'tenant') return facts.tenant === '' ? 'none' : digest(facts.tenant);
  if (zone.by === 'parameter') return digest(reading.segments[zone.at] || '');
  // A preflight has no credential whose quota it could spend.
  if (facts.isPreflight) return '';
  return zone.by === 'route' ? digest(credential + ' ' + nameOf(facts.method, reading.segments, reading.found)) : credential;
}

function zonesOf(facts) {
  return ZONES.filter(function (zone, at) {
    return keyIn(facts, zone, at) !== '';
  });
}

// Seconds until the slot of each zone takes requests; 0 if all do now.
function secondsClosed(facts) {
  const now = Date.now();
  return zonesOf(facts).reduce(function (longest, zone) {
    if (!zone.slotMs || now % zone.slotMs < SLOT_OPEN_MS) return longest;
    return Math.max(longest, Math.ceil((zone.slotMs - (now % zone.slotMs)) / 1000));
  }, 0);
}

function isMissing(facts) {
  return !SHARED && facts.credential === '' && !facts.isPreflight && !facts.isSocket;
}

function credential(r) {
  return factsOf(r).credential;
}

// The name of the route, without ids, for the log.
function route(r) {
  const facts = factsOf(r);
  return nameOf(facts.method, facts.readings[0].segments, facts.readings[0].found);
}

function long(r) {
  return !DRY_RUN && pathOf(r.variables.request_uri).length > MAX_PATH ? '1' : '';
}

function missing(r) {
  return !DRY_RUN && isMissing(factsOf(r)) ? '1' : '';
}

function closed(r) {
  const facts = factsOf(r);
  return !DRY_RUN && !isMissing(facts) && secondsClosed(facts) > 0 ? '1' : '';
}

function socket(r) {
  return factsOf(r).isSocket ? '1' : '';
}

// The key of an open socket.
function conn(r) {
  const facts = factsOf(r);
  return facts.isSocket ? facts.credential || facts.address : '';
}

function retryAfter(r) {
  const facts = factsOf(r);
  // A socket may stay open for long, and NGINX does not know for how long.
  if (r.variables.limit_conn_status === 'REJECTED') return 10;
  const next = zonesOf(facts).reduce(function (longest, zone) {
    return Math.max(longest, zone.retryAfter);
  }, 1);
  return Math.max(next, secondsClosed(facts));
}

function contextId(r) {
  return r.variables.request_id.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

function answer(r, status, description, genesysCode, genesysMessage) {
  const id = contextId(r);
  let body;
  r.headersOut['Content-Type'] = 'application/json';
  // A page could not read the answer otherwise, and would take it for a broken network.
  if (r.variables.http_origin) {
    r.headersOut['Access-Control-Allow-Origin'] = '*';
    r.headersOut['Access-Control-Expose-Headers'] = 'Retry-After';
  }
  if (REFUSALS === 'genesys') {
    r.headersOut['ININ-Correlation-Id'] = id;
    body = { message: genesysMessage, code: genesysCode, status: status, contextId: id, details: [], errors: [] };
  } else {
    if (REFUSALS === 'cxone') r.headersOut['icStatusDescription'] = description;
    body = { error: status === 429 ? 'too_many_requests' : 'unauthorized', error_description: description };
  }
  r.return(status, JSON.stringify(body));
}

function refuse(r) {
  const seconds = retryAfter(r);
  r.headersOut['Retry-After'] = String(seconds);
  const message = 'Rate limit exceeded the maximum. Retry the request in [' + seconds + '] seconds';
  answer(r, 429, 'Rate limit exceeded', 'too.many.requests.retry.after', message);
}

function unauthorized(r) {
  const message = 'No authentication bearer token specified in authorization header.';
  r.headersOut['WWW-Authenticate'] = 'Bearer';
  answer(r, 401, 'No bearer token', 'authentication.required', message);
}
`;
