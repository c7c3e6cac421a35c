// The order of the pages in the sidebar. Pages that do not exist yet are left out. A page that no group lists is an error.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, posix, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../..', import.meta.url));
export const docs = join(root, 'docs');

/** Groups of the sidebar: title, folder, and pairs of page and title. A pair without a title takes the first heading of the page. */
const GROUPS = [
  ['Start', '', [['getting-started'], ['comparison', 'Comparison'], ['differences', 'Differences to bare clients']]],
  [
    'Concepts',
    'concepts/',
    [
      ['index', 'Overview'],
      ['line', 'Line'],
      ['scopes-and-quotas', 'Scope and quota'],
      ['gate', 'Gate'],
      ['circuit', 'Circuit'],
      ['one-call', 'The way of one call'],
    ],
  ],
  [
    'Policies',
    'policies/',
    [
      ['index', 'Overview'],
      ['governor', 'Governor'],
      ['retry', 'Retry'],
      ['breaker', 'Circuit breaker'],
      ['token', 'Token'],
      ['idempotency', 'Idempotency'],
      ['dead-letters', 'Dead letters'],
      ['deadline', 'Deadline'],
      ['cache', 'Cache'],
      ['coalesce', 'Coalescing'],
      ['bulk', 'Bulk reads'],
    ],
  ],
  [
    'Guides',
    'guides/',
    [
      ['endpoint-patterns', 'Endpoint patterns'],
      ['quotas', 'Quotas'],
      ['fewer-calls', 'Spend fewer calls'],
      ['live-values', 'Live values'],
      ['paging-and-jobs', 'Paging and jobs'],
      ['bulk-writes', 'Bulk writes'],
      ['http-cache', 'Cache rules of HTTP'],
      ['cxone-fewer-calls', 'Fewer calls with CXone'],
      ['idempotency-and-transactions', 'Idempotency, transactions'],
      ['errors', 'Errors'],
      ['faults', 'What happens when …'],
      ['troubleshooting', 'Troubleshooting'],
      ['dry-run', 'Dry run'],
      ['dashboard', 'Dashboard'],
      ['alerts', 'Alerts'],
      ['telemetry', 'OpenTelemetry'],
      ['recordings', 'Recordings'],
      ['command-line', 'Command line'],
      ['doctor', 'Doctor'],
      ['simulate', 'Simulate a load'],
      ['load-testing', 'Load tests without an org'],
      ['load-test-target', 'The target of load tests'],
      ['gateway', 'NGINX gateway'],
      ['gateway-haproxy', 'HAProxy gateway'],
      ['gateway-aws', 'AWS API Gateway'],
      ['gateway-azure', 'Azure API Management'],
      ['architect', 'Architect flows'],
      ['architect-rules', 'Rules for flows'],
      ['undici', 'undici'],
      ['aws', 'Amazon Connect, AWS'],
      ['twilio', 'Twilio'],
      ['inbox', 'Inbox'],
      ['webhooks', 'Webhooks'],
      ['testing', 'Testing your code'],
      ['file-store', 'A store on disk'],
      ['fleet', 'Many processes'],
      ['connection-pools', 'Connection pools'],
      ['browser', 'In a browser'],
      ['security', 'Security'],
    ],
  ],
  [
    'Recipes',
    'recipes/',
    [
      ['express', 'Express'],
      ['nestjs', 'NestJS'],
      ['lambda', 'AWS Lambda'],
      ['nextjs', 'Next.js'],
      ['cron', 'A cron script'],
      ['graceful-shutdown', 'Graceful shutdown'],
      ['logging', 'Logging'],
      ['proxies', 'Proxies'],
    ],
  ],
  [
    'Migrate',
    'migrate/',
    [
      ['index', 'Overview'],
      ['axios-retry', 'From axios-retry'],
      ['retry-axios', 'From retry-axios'],
      ['bottleneck', 'From bottleneck'],
      ['p-queue', 'From p-queue'],
      ['opossum', 'From opossum'],
      ['cockatiel', 'From cockatiel'],
    ],
  ],
  [
    'Extend',
    'extend/',
    [
      ['create-an-adapter', 'Create a package'],
      ['write-an-adapter', 'Write an adapter'],
      ['write-a-policy', 'Write a policy'],
      ['write-an-engine', 'Write an engine'],
      ['adapters', 'List of adapters'],
    ],
  ],
  [
    'Reference',
    'reference/',
    [
      ['defaults', 'Options and defaults'],
      ['events', 'Events'],
      ['errors', 'Error codes'],
    ],
  ],
  [
    'Internals',
    'internals/',
    [
      ['counting', 'How a line learns'],
      ['leases', 'How leases work'],
      ['mutation', 'Mutation tests'],
    ],
  ],
];

/** The generated API reference: its folder, and the sidebar that typedoc writes into it. */
const API = 'reference/api/';
const API_SIDEBAR = 'reference/api/typedoc-sidebar.json';

const isThere = (page) => existsSync(join(docs, `${page}.md`));
const firstHeading = (page) => /^# (.+)$/m.exec(readFileSync(join(docs, `${page}.md`), 'utf8'))?.[1] ?? page;
const link = (page) => `/${page.replace(/(^|\/)index$/, '$1')}`;

/** All pages below docs/, without the generated API reference. */
export const listPages = () =>
  readdirSync(docs, { recursive: true, encoding: 'utf8' })
    .map((path) => path.split(sep).join('/'))
    .filter((path) => path.endsWith('.md') && !path.startsWith(API))
    .map((path) => path.slice(0, -'.md'.length));

function apiItems() {
  const file = join(docs, API_SIDEBAR);
  if (!existsSync(file)) return [];
  return [{ text: 'API', link: link(`${API}index`), collapsed: true, items: JSON.parse(readFileSync(file, 'utf8')) }];
}

/** The sidebar. Throws where a page is in no group, because nobody would find the page. */
export function makeSidebar() {
  const listed = new Set(['index']);
  const groups = GROUPS.map(([text, folder, pages]) => {
    const items = pages.flatMap(([name, title]) => {
      const page = posix.join(folder, name);
      listed.add(page);
      return isThere(page) ? [{ text: title ?? firstHeading(page), link: link(page) }] : [];
    });
    if (text === 'Reference') items.push(...apiItems());
    return { text, items };
  });
  const forgotten = listPages().filter((page) => !listed.has(page));
  if (forgotten.length > 0)
    throw new Error(
      `site/.vitepress/pages.mjs: no group lists ${forgotten.map((page) => `docs/${page}.md`).join(', ')}`,
    );
  return groups.filter(({ items }) => items.length > 0);
}

/** The address of a file on the main branch, from the metadata of the release. Undefined while the metadata names none. */
export function fileUrl(path) {
  const { files } = JSON.parse(readFileSync(join(root, 'release.json'), 'utf8'));
  return files ? files.replace('{tag}', 'main').replace('{path}', path) : undefined;
}
