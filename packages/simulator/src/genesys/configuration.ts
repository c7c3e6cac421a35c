import { Collection } from '../platform/collection.js';
import { type Random, generateUuid } from '../random.js';

/** Creation date of all initial data. It is fixed, so that one seed always gives the same bodies. */
export const CREATED_AT = '2026-01-01T00:00:00.000Z';

type BuildFields = (name: string, id: string) => Record<string, unknown>;

const HOME_DIVISION = { id: 'home', name: 'Home', selfUri: '/api/v2/authorization/divisions/home' };

const buildName: BuildFields = (name) => ({ name });
const buildActive: BuildFields = (name) => ({ name, state: 'active', dateModified: CREATED_AT });
const buildFlow: BuildFields = (name) => ({
  name,
  type: 'INBOUNDCALL',
  active: true,
  deleted: false,
  division: HOME_DIVISION,
});
const buildVersioned: BuildFields = (name) => ({ name, version: 1, dateCreated: CREATED_AT, division: HOME_DIVISION });

/** The kinds of configuration, by path: the word in their names and their fields. */
const KINDS: Readonly<Record<string, readonly [noun: string, build: BuildFields]>> = {
  'routing/skills': ['Skill', buildActive],
  'routing/languages': ['Language', buildActive],
  'routing/skillexpressions': ['Skill expression', buildName],
  'routing/skillgroups': ['Skill group', (name) => ({ name, memberCount: 0, division: HOME_DIVISION })],
  'routing/wrapupcodes': ['Wrap-up code', (name) => ({ name, dateCreated: CREATED_AT, division: HOME_DIVISION })],
  groups: [
    'Group',
    (name) => ({ name, state: 'active', type: 'official', visibility: 'public', memberCount: 0, version: 1 }),
  ],
  teams: ['Team', (name) => ({ name, memberCount: 0, division: HOME_DIVISION })],
  locations: ['Location', (name) => ({ name, state: 'active', version: 1 })],
  stations: ['Station', (name) => ({ name, status: 'AVAILABLE', type: 'inin_webrtc_softphone' })],
  'authorization/roles': ['Role', (name) => ({ name, description: '', permissions: [], base: false, default: false })],
  'authorization/divisions': ['Division', (name) => ({ name, description: '', homeDivision: false })],
  flows: ['Flow', buildFlow],
  'flows/outcomes': ['Flow outcome', (name) => ({ name, description: '', division: HOME_DIVISION })],
  'flows/milestones': ['Flow milestone', (name) => ({ name, description: '', division: HOME_DIVISION })],
  integrations: ['Integration', (name) => ({ name, intendedState: 'ENABLED', reportedState: { code: 'ACTIVE' } })],
  'integrations/actions': ['Action', (name) => ({ name, category: 'Simulated', secure: false, version: 1 })],
  'outbound/campaigns': ['Campaign', (name) => ({ ...buildVersioned(name, ''), campaignStatus: 'off' })],
  'outbound/messagingcampaigns': [
    'Messaging campaign',
    (name) => ({ ...buildVersioned(name, ''), campaignStatus: 'off' }),
  ],
  'outbound/digitalrulesets': ['Digital rule set', (name) => ({ name, version: 1, rules: [] })],
  'outbound/contactlists': ['Contact list', (name) => ({ ...buildVersioned(name, ''), columnNames: [] })],
  'speechandtextanalytics/categories': ['Category', (name) => ({ name, description: '', interactionType: 'Voice' })],
  'speechandtextanalytics/programs': ['Program', (name) => ({ name, description: '', published: true })],
  'speechandtextanalytics/topics': ['Topic', (name) => ({ name, description: '', published: true, dialect: 'en-US' })],
  'quality/forms/evaluations': [
    'Evaluation form',
    (name, id) => ({ name, published: true, contextId: `${id}.context` }),
  ],
};

/** The configuration of the organization: one collection for each kind. */
export class Configuration {
  readonly #collections = new Map<string, Collection>();

  /** Its ids come from a stream of their own, so that a new kind does not change the ids of other data. */
  constructor(ids: Random, count: number) {
    for (const [kind, [noun, build]] of Object.entries(KINDS)) {
      const collection = new Collection({
        answersAnyId: true,
        newId: () => generateUuid(ids),
        buildDefaults: (id) => build(`${noun} ${id}`, id),
        buildFixedFields: (id) => ({ selfUri: `/api/v2/${kind}/${id}` }),
      });
      for (let n = 1; n <= count; n += 1) collection.create({ name: `${noun} ${n}` });
      this.#collections.set(kind, collection);
    }
  }

  get kinds(): readonly string[] {
    return [...this.#collections.keys()];
  }

  /** Returns the collection of a kind, which is its path below `/api/v2/`. */
  collection(kind: string): Collection {
    const found = this.#collections.get(kind);
    if (found === undefined) throw new Error(`no configuration of the kind ${kind}`);
    return found;
  }
}
