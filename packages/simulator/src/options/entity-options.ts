/**
 * Number of entities of each kind that Genesys Cloud has at the start, 0 to 100,000.
 * @public
 */
export interface EntityCounts {
  /**
   * Users, the one of the token included.
   *
   * @defaultValue 100
   */
  users?: number;
  /**
   * Queues.
   *
   * @defaultValue 30
   */
  queues?: number;
  /**
   * External contacts.
   *
   * @defaultValue 60
   */
  contacts?: number;
  /**
   * Scripts.
   *
   * @defaultValue 12
   */
  scripts?: number;
  /**
   * Conversations.
   *
   * @defaultValue 40
   */
  conversations?: number;
  /**
   * Each kind of configuration: skills, languages, wrap-up codes, groups, teams, locations, stations, roles, divisions,
   * flows, integrations, campaigns, contact lists and so on.
   *
   * @defaultValue 30
   */
  configuration?: number;
}

export const ENTITY_DEFAULTS: Required<EntityCounts> = {
  users: 100,
  queues: 30,
  contacts: 60,
  scripts: 12,
  conversations: 40,
  configuration: 30,
};
