// Writes docs/defaults.md and docs/events.md from the doc comments of the sources; `--check` writes nothing and exits 1 where a
// page is stale, an option has no documented default, or a documented default is not the one in force.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import prettier from 'prettier';
import ts from 'typescript';

const root = fileURLToPath(new URL('..', import.meta.url));
const core = 'packages/core/src';

/** What stands in docs/defaults.md, in its order. `constant` holds the defaults in force, for the comparison. */
const SECTIONS = [
  ['Line', 'HoldlineConfig', `${core}/config.ts`],
  ['Endpoints', 'EndpointPolicies', `${core}/config.ts`],
  ['Endpoint quotas', 'EndpointGovernor', `${core}/config.ts`],
  ['Paths', 'PathOptions', `${core}/endpoint.ts`],
  ['Governor', 'GovernorOptions', `${core}/governor/options.ts`, { constant: 'GOVERNOR_DEFAULTS' }],
  ['Quota', 'Quota', `${core}/governor/options.ts`],
  ['Bulkhead', 'BulkheadOptions', `${core}/governor/options.ts`],
  ['Retry', 'RetryOptions', `${core}/retry/options.ts`, { constant: 'RETRY_DEFAULTS', profiles: 'RETRY_PROFILES' }],
  ['Retry budget', 'RetryBudget', `${core}/retry/options.ts`, { constant: 'RETRY_DEFAULTS', member: 'budget' }],
  ['Circuit breaker', 'BreakerOptions', `${core}/breaker/options.ts`, { constant: 'BREAKER_DEFAULTS' }],
  [
    'Throttle trip',
    'ThrottleTrip',
    `${core}/breaker/options.ts`,
    { constant: 'BREAKER_DEFAULTS', member: 'throttled' },
  ],
  ['Token', 'TokenOptions', `${core}/token/options.ts`, { constant: 'TOKEN_DEFAULTS' }],
  ['Token pool', 'PooledCredential', `${core}/token/options.ts`],
  ['Idempotency', 'IdempotencyOptions', `${core}/idempotency/options.ts`, { constant: 'IDEMPOTENCY_DEFAULTS' }],
  ['Dead letters', 'DeadLetterOptions', `${core}/dead-letters/options.ts`, { constant: 'DEAD_LETTER_DEFAULTS' }],
  ['Replay of dead letters', 'ReplayOptions', `${core}/dead-letters/replay.ts`],
  ['Memory store', 'MemoryStoreOptions', `${core}/ports.ts`],
  ['Store of browser tabs', 'TabStoreOptions', `${core}/tabs/store.ts`],
  ['Deadline', 'DeadlineOptions', `${core}/deadline/options.ts`, { constant: 'DEADLINE_DEFAULTS' }],
  ['Call context', 'CallContext', `${core}/context.ts`],
  ['Redis store', 'RedisStoreOptions', 'packages/redis/src/options.ts', { constant: 'REDIS_DEFAULTS' }],
  ['Bottleneck', 'BottleneckOptions', 'packages/bottleneck/src/options.ts'],
  ['Axios attachment', 'AttachOptions', 'packages/axios/src/attach.ts'],
  ['Fetch', 'FetchConfig', 'packages/fetch/src/index.ts'],
  ['Fetch attachment', 'FetchOptions', 'packages/fetch/src/options.ts'],
  ['CXone SDK', 'CxoneSdk', 'packages/cxone/src/sdk/sdk-parts.ts'],
  ['CXone login', 'LoginOptions', 'packages/cxone/src/grants.ts'],
  ['CXone access key', 'AccessKeyOptions', 'packages/cxone/src/grants.ts'],
  ['CXone password', 'PasswordOptions', 'packages/cxone/src/grants.ts'],
  ['CXone refresh token', 'RefreshTokenOptions', 'packages/cxone/src/grants.ts'],
  ['Streaming clients of Genesys Cloud', 'StreamingConfig', 'packages/genesys-streaming/src/options.ts'],
  [
    'Notifications of Genesys Cloud',
    'NotificationOptions',
    'packages/genesys/src/notifications/options.ts',
    { constant: 'NOTIFICATION_DEFAULTS' },
  ],
  ['WebSocket', 'WebSocketConfig', 'packages/websocket/src/options.ts'],
  [
    'Handshakes',
    'HandshakeOptions',
    'packages/websocket/src/handshakes/options.ts',
    { constant: 'HANDSHAKE_DEFAULTS', constantFile: 'packages/websocket/src/handshakes/options.ts' },
  ],
  [
    'Frames',
    'FrameOptions',
    'packages/websocket/src/frames/options.ts',
    { constant: 'FRAME_DEFAULTS', constantFile: 'packages/websocket/src/frames/options.ts' },
  ],
  ['Frame quota', 'FrameQuota', 'packages/websocket/src/frames/options.ts'],
  ['Simulator', 'SimulatorOptions', 'packages/simulator/src/options.ts'],
  [
    'Token endpoint of the simulator',
    'TokenEndpointOptions',
    'packages/simulator/src/options.ts',
    { constant: 'DEFAULT_TOKENS', constantFile: 'packages/simulator/src/read-options.ts' },
  ],
  [
    'CORS of the simulator',
    'CorsOptions',
    'packages/simulator/src/options.ts',
    { constant: 'DEFAULT_CORS', constantFile: 'packages/simulator/src/read-options.ts' },
  ],
  [
    'Long poll of the simulator',
    'LongPollOptions',
    'packages/simulator/src/options.ts',
    { constant: 'DEFAULT_LONG_POLL', constantFile: 'packages/simulator/src/read-options.ts' },
  ],
  [
    'WebSockets of the simulator',
    'SocketOptions',
    'packages/simulator/src/sockets/options.ts',
    { constant: 'DEFAULT_SOCKETS', constantFile: 'packages/simulator/src/read-options.ts' },
  ],
  [
    'Notifications of the simulator',
    'NotificationOptions',
    'packages/simulator/src/genesys/notification-options.ts',
    { constant: 'DEFAULT_NOTIFICATIONS', constantFile: 'packages/simulator/src/read-options.ts' },
  ],
];
const PRESET = 'packages/genesys/src/preset.ts';
const READ_ONLY = 'packages/genesys/src/read-only-routes.ts';
const EVENTS = `${core}/events.ts`;

const complaints = [];
const parsed = new Map();

function source(path) {
  let file = parsed.get(path);
  if (!file) {
    file = ts.createSourceFile(path, readFileSync(`${root}${path}`, 'utf8'), ts.ScriptTarget.ES2022, true);
    parsed.set(path, file);
  }
  return file;
}

function complain(node, message) {
  const file = node.getSourceFile();
  const { line } = file.getLineAndCharacterOfPosition(node.getStart());
  complaints.push(`${file.fileName}:${line + 1}: ${message}`);
}

/** A declaration by its name. It is a mistake of this script's lists if there is none. */
function declaration(path, name) {
  const file = source(path);
  for (const statement of file.statements) {
    if (ts.isVariableStatement(statement)) {
      const found = statement.declarationList.declarations.find((one) => one.name.getText() === name);
      if (found) return found;
    } else if (statement.name?.text === name) return statement;
  }
  throw new Error(`${path} declares no ${name}: mend the lists in scripts/defaults.mjs`);
}

/** Text of a doc comment or tag, on one line, without links. */
function plain(comment) {
  const text = typeof comment === 'string' ? comment : (comment ?? []).map((part) => part.getText()).join('');
  return text
    .replace(/\{@link\s+([^}\s]+)\s*\}/g, '`$1`')
    .replace(/\s+/g, ' ')
    .trim();
}

/** The comment of a member, its first sentence, and its @defaultValue apart from the source in parentheses at its end. */
function documented(node) {
  const docs = ts.getJSDocCommentsAndTags(node).filter(ts.isJSDoc);
  const text = plain(docs.at(-1)?.comment);
  const tag = ts.getJSDocTags(node).find(({ tagName }) => tagName.text === 'defaultValue');
  const [, value, from] = /^(.*?)(?:\s+\((.+)\))?$/.exec(tag ? plain(tag.comment) : '') ?? [];
  return { text, sentence: firstSentence(text), value: value || undefined, from };
}

/** Up to the first full stop that is not inside code. */
function firstSentence(text) {
  let inCode = false;
  for (let i = 0; i < text.length; i++) {
    if (text[i] === '`') inCode = !inCode;
    else if (!inCode && '.?!'.includes(text[i]) && (i + 1 === text.length || text[i + 1] === ' '))
      return text.slice(0, i + 1);
  }
  return text;
}

/** The value of a literal, so that nothing has to be built or run. */
function evaluate(node) {
  if (ts.isAsExpression(node) || ts.isSatisfiesExpression(node) || ts.isParenthesizedExpression(node))
    return evaluate(node.expression);
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
    `${node.getSourceFile().fileName}: ${node.getText()} is no literal that scripts/defaults.mjs can read`,
  );
}

const literal = (path, name) => evaluate(declaration(path, name).initializer);

/** The value a documented default spells, or undefined where it is prose. */
function spelled(text) {
  const [, string] = /^'([^']*)'/.exec(text) ?? [];
  if (string !== undefined) return string;
  const [word] = /^[^\s;:]+/.exec(text) ?? [''];
  if (word === 'true' || word === 'false') return word === 'true';
  const digits = word.replace(/,$/, '').replace(/(?<=\d)[,_](?=\d{3})/g, '');
  return digits === 'Infinity' || /^\d+(\.\d+)?$/.test(digits) ? Number(digits) : undefined;
}

const grouped = (n) => String(n).replace(/\B(?=(\d{3})+(?!\d))/g, ',');

/** Whether what is documented is what is in force. */
function agrees(text, actual) {
  if (actual === undefined) return true;
  if (typeof actual !== 'object') return spelled(text) === actual;
  const values = Object.values(actual);
  if (values.length === 0) return spelled(text) === undefined;
  // A group of options: its numbers, or a pointer to its own table.
  return text.startsWith('see ') || values.every((n) => text.includes(grouped(n)) || text.includes(`${n * 100} %`));
}

function unitOf(name, type) {
  const parts = type.split(' | ');
  if (!parts.includes('number')) return `\`${type}\``;
  const unit = /Ms$/.test(name)
    ? 'ms'
    : /perSec$/i.test(name)
      ? 'per s'
      : /ratio$/i.test(name)
        ? 'share, 0 to 1'
        : 'number';
  return [unit, ...parts.filter((part) => part !== 'number').map((part) => `\`${part}\``)].join(' or ');
}

const cell = (text) => text.replace(/\|/g, '\\|');
const row = (...cells) => `| ${cells.map((text) => cell(text)).join(' | ')} |`;
const table = (heading, rows) =>
  [row(...heading), row(...heading.map(() => '---')), ...rows.map((cells) => row(...cells))].join('\n');

function optionRows(path, name, actual) {
  return declaration(path, name).members.map((member) => {
    const key = member.name.text;
    const { sentence, value, from } = documented(member);
    if (sentence === '') complain(member, `${name}.${key} has no doc comment`);
    const optional = member.questionToken !== undefined;
    if (optional && value === undefined) complain(member, `${name}.${key} is optional and has no @defaultValue`);
    if (value !== undefined && !agrees(value, actual?.[key])) {
      complain(
        member,
        `${name}.${key}: documented default ${value} is not the one in force, ${JSON.stringify(actual[key])}`,
      );
    }
    const type = member.type.getText().replace(/\s+/g, ' ');
    const given = optional ? code(value ?? 'not documented') : '(required)';
    return [`\`${key}\``, sentence, unitOf(key, type), given, from ?? ''];
  });
}

/** Values as code, prose as it is. */
const code = (text) => (spelled(text) !== undefined && !/\s/.test(text) ? `\`${text.replace(/^'|'$/g, "'")}\`` : text);

function profileTable(path, name) {
  const { initializer } = declaration(path, name);
  let object = initializer;
  while (!ts.isObjectLiteralExpression(object)) object = object.expression;
  const profiles = object.properties.map((property) => [property, evaluate(property.initializer)]);
  const keys = [...new Set(profiles.flatMap(([, options]) => Object.keys(options)))];
  return table(
    ['profile', 'meaning', ...keys.map((key) => `\`${key}\``)],
    profiles.map(([property, options]) => {
      const { text } = documented(property);
      if (text === '') complain(property, `${name}.${property.name.text} has no doc comment`);
      return [`\`'${property.name.text}'\``, text, ...keys.map((key) => (key in options ? grouped(options[key]) : ''))];
    }),
  );
}

/** The table in the comment of genesysCloud, with its numbers compared with those of the code. */
function presetTable() {
  const preset = declaration(PRESET, 'genesysCloud');
  const comment = source(PRESET).text.slice(preset.getFullStart(), preset.getStart());
  const lines = comment.split('\n').flatMap((line) => /^\s*\*\s*(\|.*\|)\s*$/.exec(line)?.[1] ?? []);
  if (lines.length < 3) complain(preset, 'the comment of genesysCloud has no table');
  const text = lines.join('\n');
  const visit = (node) => {
    if (ts.isObjectLiteralExpression(node)) {
      const number = (name) => node.properties.find((property) => property.name?.getText() === name)?.initializer;
      const [limit, windowMs] = [number('limit'), number('windowMs')];
      if (limit && windowMs) {
        const numbers = `${grouped(evaluate(limit))} per ${grouped(evaluate(windowMs))} ms`;
        if (!text.includes(numbers)) complain(node, `the table of genesysCloud does not mention ${numbers}`);
      }
    }
    ts.forEachChild(node, visit);
  };
  visit(preset.body);
  const routes = `${grouped(literal(READ_ONLY, 'READ_ONLY_POSTS').length)} routes`;
  if (!text.includes(routes)) complain(preset, `the table of genesysCloud does not mention ${routes}`);
  return text;
}

function defaultsPage() {
  const parts = [
    `<!-- Written by scripts/defaults.mjs from the doc comments of the sources. Change those, and run it again. -->

# Defaults

Every option: what it means, its unit or type, its default, and where the default comes from. Where no source is named, the choice is ours. Durations are in milliseconds. An unknown key or a wrong value is a \`ConfigError\` at once.`,
  ];
  for (const [title, name, path, { constant, constantFile = path, member, profiles } = {}] of SECTIONS) {
    const actual = constant && literal(constantFile, constant);
    const rows = optionRows(path, name, member ? actual[member] : actual);
    const intro = documented(declaration(path, name)).text;
    parts.push(`## ${title}`, `\`${name}\` in \`${path}\`.${intro ? ` ${intro}` : ''}`);
    parts.push(table(['option', 'meaning', 'unit or type', 'default', 'source'], rows));
    if (profiles)
      parts.push('### Retry profiles', `What a profile leaves out is as above.`, profileTable(path, profiles));
  }
  parts.push(
    '## Preset: Genesys Cloud',
    `\`genesysCloud()\` in \`${PRESET}\`. ${firstSentence(documented(declaration(PRESET, 'genesysCloud')).text)}`,
  );
  parts.push(presetTable());
  parts.push(
    'Grades: A is read in the source or an announcement of the vendor, or measured; B is told by staff or community of the vendor, or found in several independent code bases.',
  );
  return parts.join('\n\n');
}

function eventsPage() {
  const events = declaration(EVENTS, 'HoldlineEvents');
  const rows = events.members.map((event) => {
    const { text } = documented(event);
    if (text === '') complain(event, `event ${event.name.text} has no doc comment`);
    const fields = event.type.members.map(
      (field) => `\`${field.name.text}: ${field.type.getText().replace(/\s+/g, ' ')}\``,
    );
    return [`\`${event.name.text}\``, text, fields.join('<br>')];
  });
  return `<!-- Written by scripts/defaults.mjs from ${EVENTS}. Change that, and run it again. -->

# Events

\`line.on(event, listener)\` listens and returns what stops it. A listener is called in the middle of a call: keep it short. One that throws disturbs nothing; it is counted in \`snapshot().listenerFailures\` and told as \`listenerFailed\`. No event holds a token, a header value or a body.

\`\`\`ts
import { createHoldline } from '@holdline/core';

const line = createHoldline();
const stop = line.on('retry', ({ route, attempt, reason, afterMs }) => {
  console.log(\`\${route}: attempt \${attempt} in \${afterMs} ms, after \${reason}\`);
});
stop();
\`\`\`

Fields that end in \`Ms\` are durations in milliseconds; \`retryAt\` and \`issuedAt\` are points in time, in milliseconds since 1970. \`route\` is a pattern such as \`GET /api/v2/users/:id\`; \`scope\` names what a quota or a circuit is kept for.

${table(['event', 'when', 'fields'], rows)}`;
}

const check = process.argv.includes('--check');
for (const [page, make] of [
  ['docs/defaults.md', defaultsPage],
  ['docs/events.md', eventsPage],
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
  complaints.length === 0 ? 'defaults and events: documented, and as in force' : `${complaints.length} to mend`,
);
