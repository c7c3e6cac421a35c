// Writes docs/reference/defaults.md and docs/reference/events.md from the doc comments of the sources. With `--check` it writes
// nothing. It then exits with 1 where a page is stale, an option has no documented default, or a documented default differs from
// the value in force.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import prettier from 'prettier';
import ts from 'typescript';

const root = fileURLToPath(new URL('..', import.meta.url));

/**
 * The sections of docs/reference/defaults.md, by package: title and name of the interface. `constant` names the defaults in force;
 * the script compares them with the documented ones. `member` names the part of that constant, `profiles` the named profiles.
 */
const SECTIONS = {
  core: [
    ['Line', 'HoldlineConfig'],
    ['Endpoints', 'EndpointPolicies'],
    ['Endpoint quotas', 'EndpointGovernor'],
    ['Paths', 'PathOptions'],
    ['Governor', 'GovernorOptions', { constant: 'GOVERNOR_DEFAULTS' }],
    ['Quota', 'Quota'],
    ['Headroom', 'Headroom'],
    ['Quota headers', 'QuotaHeaders'],
    ['Bulkhead', 'BulkheadOptions'],
    ['Retry', 'RetryOptions', { constant: 'RETRY_DEFAULTS', profiles: 'RETRY_PROFILES' }],
    ['Retry budget', 'RetryBudget', { constant: 'RETRY_DEFAULTS', member: 'budget' }],
    ['Circuit breaker', 'BreakerOptions', { constant: 'BREAKER_DEFAULTS' }],
    ['Throttle trip', 'ThrottleTrip', { constant: 'BREAKER_DEFAULTS', member: 'throttled' }],
    ['Token', 'TokenOptions', { constant: 'TOKEN_DEFAULTS' }],
    ['Token pool', 'PooledCredential'],
    ['Idempotency', 'IdempotencyOptions', { constant: 'IDEMPOTENCY_DEFAULTS' }],
    ['Cache', 'CacheOptions', { constant: 'CACHE_DEFAULTS' }],
    ['Bulk reads', 'BulkOptions'],
    ['Dead letters', 'DeadLetterOptions', { constant: 'DEAD_LETTER_DEFAULTS' }],
    ['Replay of dead letters', 'ReplayOptions'],
    ['Memory store', 'MemoryStoreOptions'],
    ['File store', 'FileStoreOptions', { constant: 'FILE_DEFAULTS' }],
    ['Connection pools', 'PoolsOptions', { constant: 'POOLS_DEFAULTS' }],
    ['Store of browser tabs', 'TabStoreOptions'],
    ['Deadline', 'DeadlineOptions', { constant: 'DEADLINE_DEFAULTS' }],
    ['Call context', 'CallContext'],
  ],
  redis: [['Redis store', 'RedisStoreOptions', { constant: 'REDIS_DEFAULTS' }]],
  inbox: [
    ['Inbox', 'InboxOptions', { constant: 'INBOX_DEFAULTS' }],
    ['Inbound quota', 'InboundQuota'],
    ['Retries of an inbox', 'HandlingRetryOptions', { constant: 'HANDLING_RETRY_DEFAULTS' }],
    ['HTTP handler of an inbox', 'HttpHandlerOptions', { constant: 'HANDLER_DEFAULTS' }],
    ['Webhooks of Genesys Open Messaging', 'OpenMessagingOptions'],
    ['Events of EventBridge', 'EventBridgeOptions', { constant: 'EVENT_BRIDGE_DEFAULTS' }],
    ['Standard Webhooks', 'StandardWebhooksOptions', { constant: 'STANDARD_WEBHOOKS_DEFAULTS' }],
    ['AudioHook', 'AudioHookOptions', { constant: 'AUDIO_HOOK_DEFAULTS' }],
    ['Credentials of AudioHook', 'AudioHookKey'],
    ['Size of an inbox', 'SizingOptions', { constant: 'SIZING_DEFAULTS' }],
  ],
  telemetry: [['OpenTelemetry', 'TelemetryOptions', { constant: 'TELEMETRY_DEFAULTS' }]],
  monitor: [
    ['Monitor', 'MonitorOptions', { constant: 'MONITOR_DEFAULTS' }],
    ['Alerts', 'AlertOptions'],
    ['Webhooks of alerts', 'WebhookOptions'],
    ['Recordings', 'RecordOptions', { constant: 'RECORD_DEFAULTS' }],
  ],
  dashboard: [
    ['Dashboard', 'DashboardOptions', { constant: 'DASHBOARD_DEFAULTS' }],
    ['History of the dashboard', 'HistoryOptions'],
  ],
  bottleneck: [['Bottleneck', 'BottleneckOptions']],
  'http-cache': [['HTTP cache rules', 'HttpCacheOptions']],
  gateway: [
    ['Gateways', 'GatewayOptions'],
    ['Sockets of a gateway', 'GatewaySockets'],
    ['Tenant header of a gateway', 'TenantHeader'],
    ['Rate of a gateway', 'RateLimit'],
    ['NGINX', 'NginxOptions'],
    ['HAProxy', 'HaproxyOptions'],
    ['AWS usage plans', 'AwsOptions'],
    ['Azure API Management', 'AzureOptions'],
  ],
  architect: [
    ['Checks of flows', 'LintOptions'],
    ['Limits of flows', 'LimitOptions'],
    ['Numbers of a flow', 'FlowNumbers'],
    ['Numbers of a data action', 'DataActionNumbers'],
    ['Reading of flows', 'ReadFlowOptions'],
    ['Generated flows', 'GeneratedFlowOptions'],
    ['Cache in a data table', 'DataTableCacheOptions'],
    ['Bounded retry', 'BoundedRetryOptions', { constant: 'BOUNDED_RETRY_DEFAULTS' }],
    ['Overflow', 'OverflowOptions'],
  ],
  axios: [['Axios attachment', 'AttachOptions']],
  fetch: [
    ['Fetch', 'FetchConfig'],
    ['Fetch attachment', 'FetchOptions'],
  ],
  undici: [['undici', 'UndiciConfig']],
  'adapter-kit': [['Run of the contract', 'ContractOptions']],
  'create-adapter': [['New package', 'ProjectOptions']],
  cxone: [
    ['CXone SDK', 'CxoneSdk'],
    ['Caches of CXone', 'CxoneCacheOptions'],
    ['Agent states of CXone', 'AgentStatesOptions'],
    ['CXone login', 'LoginOptions'],
    ['CXone access key', 'AccessKeyOptions'],
    ['CXone password', 'PasswordOptions'],
    ['CXone refresh token', 'RefreshTokenOptions'],
  ],
  'genesys-streaming': [['Streaming clients of Genesys Cloud', 'StreamingConfig']],
  genesys: [
    ['Bulk reads of Genesys Cloud', 'GenesysBulkReadOptions'],
    ['Caches of Genesys Cloud', 'GenesysCacheOptions'],
    ['Pages of Genesys Cloud', 'PagedOptions'],
    ['Pages of a function', 'PagedCallOptions'],
    ['Jobs of Genesys Cloud', 'JobOptions'],
    ['Bulk writes of Genesys Cloud', 'BulkWriteOptions'],
    ['Live values of Genesys Cloud', 'LiveOptions'],
    ['Notifications of Genesys Cloud', 'NotificationOptions', { constant: 'NOTIFICATION_DEFAULTS' }],
  ],
  websocket: [
    ['WebSocket', 'WebSocketConfig'],
    ['Handshakes', 'HandshakeOptions', { constant: 'HANDSHAKE_DEFAULTS' }],
    ['Frames', 'FrameOptions', { constant: 'FRAME_DEFAULTS' }],
    ['Frame quota', 'FrameQuota'],
    ['Coalescing', 'Coalesce'],
  ],
  simulator: [
    ['Simulator', 'SimulatorOptions'],
    ['Limits of the simulator', 'Limit'],
    ['Rates of the simulator', 'Rate'],
    ['Token endpoint of the simulator', 'TokenEndpointOptions', { constant: 'TOKEN_DEFAULTS' }],
    ['CORS of the simulator', 'CorsOptions', { constant: 'CORS_DEFAULTS' }],
    ['Long poll of the simulator', 'LongPollOptions', { constant: 'LONG_POLL_DEFAULTS' }],
    ['WebSockets of the simulator', 'SocketOptions', { constant: 'SOCKET_DEFAULTS' }],
    ['Frame limits of the simulator', 'FrameLimit'],
    ['Notifications of the simulator', 'NotificationOptions', { constant: 'NOTIFICATION_DEFAULTS' }],
    ['Bulk requests of the simulator', 'BulkRequestOptions'],
    ['Entities of the simulator', 'EntityCounts', { constant: 'ENTITY_DEFAULTS' }],
    ['Cacheable routes of the simulator', 'CacheableRoute'],
    ['Jobs of the simulator', 'JobOptions', { constant: 'JOB_DEFAULTS' }],
    ['Latency of the simulator', 'LatencyOptions'],
    ['Calls of the simulator', 'CallOptions', { constant: 'CALL_DEFAULTS' }],
  ],
};

const complaints = [];

function complain(node, message) {
  const file = node.getSourceFile();
  const { line } = file.getLineAndCharacterOfPosition(node.getStart());
  complaints.push(`${file.fileName}:${line + 1}: ${message}`);
}

/** Top-level declarations of a file: name, node, and whether the file exports it. */
function declarationsOf(file) {
  return file.statements.flatMap((statement) => {
    const isExported = statement.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword) ?? false;
    const nodes = ts.isVariableStatement(statement) ? statement.declarationList.declarations : [statement];
    return nodes.flatMap((node) => (node.name ? [{ name: node.name.getText(), node, isExported }] : []));
  });
}

const indexes = new Map();

/** All top-level declarations of a package by name; tests and fixtures are left out. */
function declarationsIn(pkg) {
  const known = indexes.get(pkg);
  if (known) return known;
  const index = new Map();
  const folder = `packages/${pkg}/src`;
  const names = readdirSync(`${root}${folder}`, { recursive: true, encoding: 'utf8' });
  for (const name of names.filter((one) => one.endsWith('.ts') && !/\.(test|fixture)\.ts$/.test(one)).sort()) {
    const path = `${folder}/${name.replace(/\\/g, '/')}`;
    const file = ts.createSourceFile(path, readFileSync(`${root}${path}`, 'utf8'), ts.ScriptTarget.ES2022, true);
    for (const found of declarationsOf(file)) index.set(found.name, [...(index.get(found.name) ?? []), found]);
  }
  indexes.set(pkg, index);
  return index;
}

/** The one declaration of a name in a package: the one exported declaration, or else the only one. */
function findUnique(pkg, name) {
  const all = declarationsIn(pkg).get(name) ?? [];
  const exported = all.filter(({ isExported }) => isExported);
  const found = exported.length > 0 ? exported : all;
  if (found.length > 1) {
    const places = found.map(({ node }) => node.getSourceFile().fileName).join(', ');
    throw new Error(`${name} is declared ${found.length} times in packages/${pkg}/src: ${places}; rename all but one`);
  }
  return found[0]?.node;
}

function requireDeclaration(pkg, name) {
  const found = findUnique(pkg, name);
  if (!found) throw new Error(`packages/${pkg}/src declares no ${name}: correct the name in scripts/defaults.mjs`);
  return found;
}

/** The declaration of a type name in `node`: from the same file, the same package or core. Undefined if none exists. */
function findDeclaration(node, pkg, name) {
  const own = declarationsOf(node.getSourceFile()).find((one) => one.name === name);
  return own?.node ?? findUnique(pkg, name) ?? findUnique('core', name);
}

/** The literal that a constant named in `node` starts with. */
function constantOf(node, pkg, name) {
  const found = findDeclaration(node, pkg, name);
  if (!found?.initializer)
    throw new Error(`${node.getSourceFile().fileName}: no constant ${name} in packages/${pkg}/src`);
  return unwrapLiteral(found.initializer);
}

/** Text of a doc comment or tag, on one line; a link becomes code. */
function plainText(comment) {
  return (ts.getTextOfJSDocComment(comment) ?? '')
    .replace(/\{@link\s+([^}\s]+)\s*\}/g, '`$1`')
    .replace(/\s+/g, ' ')
    .trim();
}

/** The comment of a member, its first sentence, and its @defaultValue apart from the source in parentheses at its end. */
function readDoc(node) {
  const docs = ts.getJSDocCommentsAndTags(node).filter(ts.isJSDoc);
  const text = plainText(docs.at(-1)?.comment);
  const tag = ts.getJSDocTags(node).find(({ tagName }) => tagName.text === 'defaultValue');
  const [, value, from] = /^(.*?)(?:\s+\((.+)\))?$/.exec(tag ? plainText(tag.comment) : '') ?? [];
  return { text, sentence: firstSentence(text), value: value || undefined, from };
}

/** The text up to the first full stop that is not inside code. */
function firstSentence(text) {
  let inCode = false;
  for (let i = 0; i < text.length; i++) {
    if (text[i] === '`') inCode = !inCode;
    else if (!inCode && '.?!'.includes(text[i]) && (i + 1 === text.length || text[i + 1] === ' '))
      return text.slice(0, i + 1);
  }
  return text;
}

/** The object literal or array literal behind `as const` and `satisfies`. */
function unwrapLiteral(node) {
  while (ts.isAsExpression(node) || ts.isSatisfiesExpression(node) || ts.isParenthesizedExpression(node))
    node = node.expression;
  return node;
}

/** The texts of a type's alternatives. Names of unions are replaced by their members, also in arrays. */
function listAlternatives(type, pkg) {
  const text = type
    .getText()
    .replace(/^\|\s*/, '')
    .replace(/\s+/g, ' ');
  if (ts.isUnionTypeNode(type)) return type.types.flatMap((member) => listAlternatives(member, pkg));
  if (ts.isParenthesizedTypeNode(type)) {
    const inner = listAlternatives(type.type, pkg);
    return inner.length > 1 ? inner : [text];
  }
  if (ts.isArrayTypeNode(type)) {
    const inner = listAlternatives(type.elementType, pkg);
    return inner.length > 1 ? [`(${inner.join(' | ')})[]`] : [text];
  }
  if (ts.isTypeReferenceNode(type) && !type.typeArguments) {
    const alias = findDeclaration(type, pkg, type.typeName.getText());
    if (!alias || !ts.isTypeAliasDeclaration(alias)) return [text];
    const members = listAlternatives(alias.type, pkg);
    return members.length > 1 ? members : [text];
  }
  if (ts.isIndexedAccessTypeNode(type)) {
    const owner = ts.isParenthesizedTypeNode(type.objectType) ? type.objectType.type : type.objectType;
    // (typeof PRIORITIES)[number]
    if (ts.isTypeQueryNode(owner)) {
      const list = constantOf(type, pkg, owner.exprName.getText());
      return list.elements.map((element) => element.getText());
    }
    // Quota['scope']
    const target = ts.isTypeReferenceNode(owner) ? findDeclaration(type, pkg, owner.typeName.getText()) : undefined;
    const key = ts.isLiteralTypeNode(type.indexType) ? type.indexType.literal.text : undefined;
    const member = target?.members?.find(({ name }) => name?.text === key);
    if (member?.type) return listAlternatives(member.type, pkg);
  }
  return [text];
}

/** The value of a literal. The script reads it from the source, so that no build is needed. */
function evaluate(node) {
  node = unwrapLiteral(node);
  if (ts.isNumericLiteral(node)) return Number(node.text);
  if (ts.isStringLiteralLike(node)) return node.text;
  if (node.kind === ts.SyntaxKind.TrueKeyword) return true;
  if (node.kind === ts.SyntaxKind.FalseKeyword) return false;
  if (ts.isIdentifier(node) && node.text === 'Infinity') return Infinity;
  if (ts.isIdentifier(node) && node.text === 'undefined') return undefined;
  if (ts.isArrayLiteralExpression(node)) return node.elements.map(evaluate);
  if (ts.isObjectLiteralExpression(node)) {
    return Object.fromEntries(node.properties.map((property) => [property.name.text, evaluate(property.initializer)]));
  }
  if (ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.AsteriskToken) {
    return evaluate(node.left) * evaluate(node.right);
  }
  throw new Error(
    `${node.getSourceFile().fileName}: ${node.getText()} is not a literal that scripts/defaults.mjs can read`,
  );
}

const literal = (pkg, name) => evaluate(requireDeclaration(pkg, name).initializer);

/** The value in a documented default; undefined if the default is prose. */
function parseDefault(text) {
  const [, string] = /^'([^']*)'/.exec(text) ?? [];
  if (string !== undefined) return string;
  const [word] = /^[^\s;:]+/.exec(text) ?? [''];
  if (word === 'true' || word === 'false') return word === 'true';
  const digits = word.replace(/,$/, '').replace(/(?<=\d)[,_](?=\d{3})/g, '');
  return digits === 'Infinity' || /^\d+(\.\d+)?$/.test(digits) ? Number(digits) : undefined;
}

const groupDigits = (n) => String(n).replace(/\B(?=(\d{3})+(?!\d))/g, ',');

/** Whether a documented default equals the value in force. */
function matchesDefault(text, actual) {
  if (actual === undefined) return true;
  if (typeof actual !== 'object') return parseDefault(text) === actual;
  const values = Object.values(actual);
  if (values.length === 0) return parseDefault(text) === undefined;
  // A group of options: the text has its numbers, or refers to its table.
  return text.startsWith('see ') || values.every((n) => text.includes(groupDigits(n)) || text.includes(`${n * 100} %`));
}

function unitOf(name) {
  if (/Ms$/.test(name)) return 'ms';
  if (/perSec$/i.test(name)) return 'per s';
  return /ratio$/i.test(name) ? 'share, 0 to 1' : 'number';
}

/** The heading of the section about an interface, as the anchor of a link. */
function anchorOf(pkg, name) {
  for (const owner of [pkg, 'core']) {
    const section = SECTIONS[owner]?.find(([, described]) => described === name);
    if (section) return section[0].toLowerCase().replace(/ /g, '-');
    if (declarationsIn(owner).has(name)) return undefined;
  }
  return undefined;
}

/** Unit or type of an option: numbers by their unit, interfaces with a section as links, all else as code. */
function typeCell(name, type, pkg) {
  const parts = [];
  let literals = [];
  const flush = () => {
    if (literals.length > 0) parts.push(`\`${literals.join(' | ')}\``);
    literals = [];
  };
  for (const text of listAlternatives(type, pkg)) {
    const [, described] = /^(?:Record<string, )?(\w+)(?:\[\])?>?$/.exec(text) ?? [];
    const anchor = described && anchorOf(pkg, described);
    if (text !== 'number' && !anchor) {
      literals.push(text);
      continue;
    }
    flush();
    parts.push(anchor ? `[\`${text}\`](#${anchor})` : unitOf(name));
  }
  flush();
  return parts.join(' or ');
}

const cell = (text) => text.replace(/\|/g, '\\|');
const row = (...cells) => `| ${cells.map((text) => cell(text)).join(' | ')} |`;
const table = (heading, rows) =>
  [row(...heading), row(...heading.map(() => '---')), ...rows.map((cells) => row(...cells))].join('\n');

function optionRows(pkg, name, actual) {
  return requireDeclaration(pkg, name).members.map((member) => {
    const key = member.name.text;
    const { sentence, value, from } = readDoc(member);
    if (sentence === '') complain(member, `${name}.${key} has no doc comment`);
    const optional = member.questionToken !== undefined;
    if (optional && value === undefined) complain(member, `${name}.${key} is optional and has no @defaultValue`);
    if (value !== undefined && !matchesDefault(value, actual?.[key])) {
      complain(
        member,
        `${name}.${key}: the documented default is ${value}, the default in force is ${JSON.stringify(actual[key])}`,
      );
    }
    const given = optional ? linkSections(code(value ?? 'not documented'), pkg) : '(required)';
    return [`\`${key}\``, sentence, typeCell(key, member.type, pkg), given, from ?? ''];
  });
}

/** Values as code, prose unchanged. */
const code = (text) =>
  /^(\{\}|\[\])$/.test(text) || (parseDefault(text) !== undefined && !/\s/.test(text)) ? `\`${text}\`` : text;

/** Links the interface of another section where a default refers to it. */
const linkSections = (text, pkg) =>
  text.replace(/see `(\w+)`/g, (whole, name) => {
    const anchor = anchorOf(pkg, name);
    return anchor ? `see [\`${name}\`](#${anchor})` : whole;
  });

function profileTable(pkg, name) {
  const object = unwrapLiteral(requireDeclaration(pkg, name).initializer);
  const profiles = object.properties.map((property) => [property, evaluate(property.initializer)]);
  const keys = [...new Set(profiles.flatMap(([, options]) => Object.keys(options)))];
  return table(
    ['profile', 'meaning', ...keys.map((key) => `\`${key}\``)],
    profiles.map(([property, options]) => {
      const { text } = readDoc(property);
      if (text === '') complain(property, `${name}.${property.name.text} has no doc comment`);
      return [
        `\`'${property.name.text}'\``,
        text,
        ...keys.map((key) => (key in options ? groupDigits(options[key]) : '')),
      ];
    }),
  );
}

/** The table in the comment of genesysCloud. The script compares its numbers with those of the code. */
function presetTable() {
  const preset = requireDeclaration('genesys', 'genesysCloud');
  const comment = preset.getSourceFile().text.slice(preset.getFullStart(), preset.getStart());
  const lines = comment.split('\n').flatMap((line) => /^\s*\*\s*(\|.*\|)\s*$/.exec(line)?.[1] ?? []);
  if (lines.length < 3) complain(preset, 'the comment of genesysCloud has no table');
  const text = lines.join('\n');
  const visit = (node) => {
    if (ts.isObjectLiteralExpression(node)) {
      const number = (name) => node.properties.find((property) => property.name?.getText() === name)?.initializer;
      const [limit, windowMs] = [number('limit'), number('windowMs')];
      if (limit && windowMs) {
        const numbers = `${groupDigits(evaluate(limit))} per ${groupDigits(evaluate(windowMs))} ms`;
        if (!text.includes(numbers)) complain(node, `the table of genesysCloud does not mention ${numbers}`);
      }
    }
    ts.forEachChild(node, visit);
  };
  visit(preset.body);
  const routes = `${groupDigits(literal('genesys', 'READ_ONLY_POSTS').length)} routes`;
  if (!text.includes(routes)) complain(preset, `the table of genesysCloud does not mention ${routes}`);
  return text;
}

/** One sentence for each interface that an interface extends. */
function describeBases(node, pkg) {
  const bases = node.heritageClauses?.flatMap(({ types }) => types) ?? [];
  return bases.map((base) => {
    const [, omitting, excluded] = /^Omit<(\w+), (.+)>$/.exec(base.getText().replace(/\s+/g, ' ')) ?? [];
    const name = omitting ?? base.getText();
    const anchor = anchorOf(pkg, name);
    const except = excluded?.split(' | ').map((key) => `\`${key.slice(1, -1)}\``);
    const options = anchor ? `[\`${name}\`](#${anchor})` : `\`${name}\``;
    return ` It also takes the options of ${options}${except ? `, except ${except.join(', ')}` : ''}.`;
  });
}

/** A link to the file of a declaration, seen from docs/reference/. */
const fileLink = (node) => {
  const path = node.getSourceFile().fileName;
  return `[\`${path}\`](../../${path})`;
};

function defaultsPage() {
  const parts = [
    `<!-- scripts/defaults.mjs writes this page from the doc comments of the sources. Change those and run the script again. -->

# Defaults

This page lists every option with its meaning, its unit or type, its default, and the source of the default. Where the source column is empty, the choice is ours. Durations are in milliseconds. An unknown key or a wrong value throws a \`ConfigError\` at once.

Some words have a fixed meaning:

- A **line** is one Holdline instance: a configuration and the state that belongs to it.
- A **call** is one request of your code. An **attempt** is one request on the wire. A call has one or more attempts.
- A **route** is the endpoint pattern of a call, such as \`GET /api/v2/users/:id\`.
- A **scope** is what a quota or a circuit belongs to: a credential, a tenant, a route or a host.
- A **permit** is the right to make one attempt now.
- A **gate** stops all attempts of a scope after the platform said "not before".
- A **dead letter** is a failed call or frame that the line keeps for a later replay.`,
  ];
  for (const [pkg, sections] of Object.entries(SECTIONS))
    for (const [title, name, { constant, member, profiles } = {}] of sections) {
      const actual = constant && literal(pkg, constant);
      const rows = optionRows(pkg, name, member ? actual[member] : actual);
      const node = requireDeclaration(pkg, name);
      const intro = readDoc(node).text;
      parts.push(
        `## ${title}`,
        `\`${name}\` in ${fileLink(node)}.${intro ? ` ${intro}` : ''}${describeBases(node, pkg).join('')}`,
      );
      parts.push(table(['option', 'meaning', 'unit or type', 'default', 'source'], rows));
      if (profiles)
        parts.push(
          '### Retry profiles',
          'A profile sets these options. All other options keep the defaults above.',
          profileTable(pkg, profiles),
        );
    }
  const preset = requireDeclaration('genesys', 'genesysCloud');
  parts.push(
    '## Preset: Genesys Cloud',
    `\`genesysCloud()\` in ${fileLink(preset)}. ${firstSentence(readDoc(preset).text)}`,
  );
  parts.push(presetTable());
  parts.push(
    'Grade A: we read the fact in source code or an announcement of the vendor, or measured it. Grade B: staff or community of the vendor said it, or several independent code bases contain it.',
  );
  return parts.join('\n\n');
}

function eventsPage() {
  const events = requireDeclaration('core', 'HoldlineEvents');
  const rows = events.members.map((event) => {
    const { text } = readDoc(event);
    if (text === '') complain(event, `event ${event.name.text} has no doc comment`);
    const payload = ts.isTypeReferenceNode(event.type)
      ? requireDeclaration('core', event.type.typeName.getText())
      : event.type;
    const fields = payload.members.map(
      (field) => `\`${field.name.text}: ${listAlternatives(field.type, 'core').join(' | ')}\``,
    );
    return [`\`${event.name.text}\``, text, fields.join('<br>')];
  });
  return `<!-- scripts/defaults.mjs writes this page from the doc comments of \`HoldlineEvents\`. Change those and run the script again. -->

# Events

A line is one Holdline instance. \`line.on(event, listener)\` adds a listener and returns a function that removes it. The line calls a listener in the middle of a call, so a listener must be short. A listener that throws disturbs no call. The line counts such errors in \`snapshot().listenerFailures\` and emits \`listenerFailed\`. No event holds a token, a header value or a body.

\`\`\`ts
import { createHoldline } from '@holdline/core';

const line = createHoldline();
const stop = line.on('retry', ({ route, attempt, reason, afterMs }) => {
  console.log(\`\${route}: attempt \${attempt} in \${afterMs} ms, after \${reason}\`);
});
stop();
\`\`\`

- Fields that end in \`Ms\` are durations in milliseconds. \`retryAt\` and \`issuedAt\` are points in time, in milliseconds since 1970.
- \`route\` is a pattern such as \`GET /api/v2/users/:id\`. \`scope\` names what a quota or a circuit belongs to: a credential, a tenant, a route or a host.
- A call is one request of your code. An attempt is one request on the wire. A permit is the right to make one attempt now.
- A gate stops all attempts of a scope after the platform said "not before". A probe is the first attempt after that; its result decides about the others.
- \`epoch\` numbers the access tokens of a credential.

${table(['event', 'when', 'fields'], rows)}`;
}

const check = process.argv.includes('--check');
for (const [page, make] of [
  ['docs/reference/defaults.md', defaultsPage],
  ['docs/reference/events.md', eventsPage],
]) {
  const options = await prettier.resolveConfig(`${root}${page}`);
  const text = await prettier.format(make(), { ...options, parser: 'markdown' });
  const file = `${root}${page}`;
  if (!check) writeFileSync(file, text);
  else if (!existsSync(file) || readFileSync(file, 'utf8') !== text)
    complaints.push(`${page} is stale: run node scripts/defaults.mjs`);
}
for (const complaint of complaints) console.error(complaint);
if (check) process.exitCode = complaints.length > 0 ? 1 : 0;
console.log(
  complaints.length === 0
    ? 'defaults and events: all options are documented, and all documented defaults are in force'
    : `${complaints.length} problems`,
);
